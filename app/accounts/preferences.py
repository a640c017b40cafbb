"""Language and theme: two choices that work signed in or out, with or without script."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from app.accounts import commands
from app.web.blueprint import back, page_blueprint
from app.web.forms import submit
from app.web.i18n import A_YEAR, LANGUAGE_COOKIE, LANGUAGES, THEME_COOKIE, THEMES
from app.web.reader import reader

pages = page_blueprint("preferences", __name__, public=True)


@pages.post("/preferences/language", command=commands.set_locale)
def language() -> Any:
    """Changes the language of the pages; an account keeps it on every device."""
    wish = request.form.get("language", "")
    actor = reader()
    if wish not in LANGUAGES:
        abort(400)
    if actor is not None:
        submit(commands.set_locale, actor, wish)
    return _remember(LANGUAGE_COOKIE, wish)


@pages.post("/preferences/theme")
def theme() -> Any:
    """Sets this browser's theme: light, dark, or the device's."""
    wish = request.form.get("theme", "")
    if wish not in THEMES:
        abort(400)
    return _remember(THEME_COOKIE, wish)


def _remember(cookie: str, value: str) -> Any:
    response = back("/")
    response.set_cookie(
        cookie,
        value,
        max_age=A_YEAR,
        path="/",
        samesite="Lax",
        secure=request.is_secure,
        httponly=True,
    )
    return response
