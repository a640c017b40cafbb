"""Shared basis of the features' pages: language, files, forms, errors and the reader."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_wtf.csrf import generate_csrf

from app.web import assets, catalogue, filters, i18n, reader
from app.web.blueprint import here
from app.web.page_data import page_counts, page_data
from app.web.session_interface import LazySessionInterface


def init_app(app: Flask, recognise: reader.Recognise) -> None:
    """Prepares an application for pages; ``recognise`` finds the reader of a request."""
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # app.web.blueprint checks page forms
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a form is valid as long as its session
    app.config.setdefault("WTF_CSRF_SSL_STRICT", True)
    app.session_interface = LazySessionInterface()
    reader.init_app(app, recognise)
    i18n.init_app(app)
    assets.init_app(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_globals())
    app.context_processor(_reader_and_counts)
    app.after_request(keep_private)


def keep_private(response: Response) -> Response:
    """Forbids shared caches to keep a page, because it is rendered for one reader."""
    if response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _globals() -> dict[str, object]:
    return {
        "asset": assets.asset,
        "icon": assets.icon,
        "script": assets.script,
        "stylesheets": assets.stylesheets,
        "csrf_token": generate_csrf,
        "here": here,
        "language": i18n.language,
        "languages": [(code, name, None) for code, name in i18n.LANGUAGES.items()],
        "theme": i18n.theme,
        "phrase": catalogue.phrase,
        "counted": catalogue.counted,
        "script_catalogue": catalogue.script_catalogue,
        "page_data": page_data,
        "price": filters.price,
        "clock_time": filters.clock_time,
        "short_time": filters.short_time,
        "full_time": filters.full_time,
        "appointment": filters.appointment,
        "day_name": filters.day_name,
        "initials": filters.initials,
        "tone": filters.tone,
        "one_line": filters.one_line,
    }


def _reader_and_counts() -> dict[str, object]:
    if request.endpoint == "static":
        return {}
    return {"me": g.get("me"), **page_counts()}
