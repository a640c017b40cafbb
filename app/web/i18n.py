"""The language, time zone and theme of a page."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from flask import Flask, g, has_request_context, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.extensions import babel

LANGUAGES = {"en": "English", "fr": "Français"}
THEMES = ("system", "light", "dark")
LANGUAGE_COOKIE = "lang"
THEME_COOKIE = "theme"
ZONE_COOKIE = "tz"
A_YEAR = 31_536_000
# Read once: the function scans the whole time zone database, which takes about 50 ms.
ZONES = frozenset(available_timezones())


def init_app(app: Flask) -> None:
    """Sets up Flask-Babel with the selectors of this module."""
    babel.init_app(
        app,
        default_translation_directories="translations",
        locale_selector=choose_language,
        timezone_selector=choose_timezone,
    )


def choose_language() -> str:
    """Returns the language of the account, else the cookie, else the browser, else English."""
    if not has_request_context():
        return "en"
    me = g.get("me")
    for wish in (me and me.get("locale"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def choose_timezone() -> str:
    """Returns the zone in the cookie that the page's script sets; UTC until then."""
    zone = request.cookies.get(ZONE_COOKIE, "") if has_request_context() else ""
    return zone if zone in ZONES else "UTC"


def knows_timezone() -> bool:
    """Whether the reader's own zone is known."""
    return request.cookies.get(ZONE_COOKIE, "") in ZONES


def remember_timezone(response: Response, zone: str) -> None:
    """Stores the zone chosen by a reader without script, in the cookie that the script sets."""
    response.set_cookie(
        ZONE_COOKIE, zone, max_age=A_YEAR, path="/", samesite="Lax", secure=request.is_secure
    )


def timezone() -> ZoneInfo:
    """Returns the reader's time zone, chosen once a page."""
    if "zone" not in g:
        g.zone = ZoneInfo(choose_timezone())
    zone: ZoneInfo = g.zone
    return zone


def language() -> str:
    """Returns the language of the current rendering, ``en`` or ``fr``."""
    return str(get_locale() or "en").split("_")[0]


def theme() -> str:
    """Returns the reader's theme, by default ``system``."""
    wish = request.cookies.get(THEME_COOKIE, "system")
    return wish if wish in THEMES else "system"
