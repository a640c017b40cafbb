"""Shared by the blueprints of pages: the reader, form tokens, and the redirect to sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from app.contract.command import ROUTES, Command, terms
from app.contract.inputs import MAX_INTEGER
from app.errors import N_, PalabreError
from app.http.body import limit_body
from app.web.reader import identify, reader

# Percent-encoding makes up to twelve bytes of a character, and a message has 8,000.
MAX_FORM_BYTES = 256 * 1024


class FormExpired(PalabreError):
    """A form came without the token of its session: expired, or sent by another site."""

    def __init__(self) -> None:
        super().__init__(
            "forbidden", N_("This form has expired. Go back, reload the page and send it again.")
        )


class Pages(Blueprint):
    """A blueprint whose forms declare their command; ``submit`` in ``app/web/forms.py`` runs it."""

    def post(
        self, rule: str, *, command: Command | None = None, **options: Any
    ) -> Callable[[Any], Any]:
        """Register the target of a form."""
        add = super().post(rule, **options)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            if command is not None:
                ROUTES[view] = terms(command)
            return add(view)

        return decorate


def page_blueprint(
    name: str, import_name: str, *, public: bool = False, max_form: int = MAX_FORM_BYTES
) -> Pages:
    """Return a blueprint of pages, for signed-in users unless ``public``, with forms of up to
    ``max_form`` bytes.
    """
    pages = Pages(f"{name}_pages", import_name)
    pages.before_request(identify)
    pages.before_request(partial(refuse_foreign_form, max_form))
    if not public:
        pages.before_request(require_reader)
    return pages


def refuse_foreign_form(max_form: int) -> None:
    """Accept a form only with the token that this browser's session was given.

    The token is Flask-WTF's, bound to the session cookie: it works before sign-in too, and a form
    left open for an hour survives the renewal of the access token.
    """
    limit_body(max_form)
    if request.method != "POST":
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as error:
        raise FormExpired from error


def require_reader() -> Response | None:
    """Redirect users who are not signed in to the sign-in page, and back afterwards."""
    if reader() is not None:
        return None
    return redirect(url_for("accounts_pages.sign_in", next=here()), 303)


def here() -> str:
    """The address of this page; for a form, of the page that holds it."""
    if request.method == "POST":
        parts = urlsplit(request.referrer or "")
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        return local_address(address if parts.netloc == request.host else None)
    return local_address(request.full_path.removesuffix("?"))


def local_address(wish: str | None, fallback: str = "/") -> str:
    """``wish`` if it is an address of this site, else ``fallback``."""
    if not wish or not wish.startswith("/") or wish.startswith("//"):
        return fallback
    # Browsers read a backslash as a slash and skip control characters: "/\evil.example" leaves.
    return fallback if "\\" in wish or any(ord(character) < 32 for character in wish) else wish


def number(name: str) -> int | None:
    """A positive whole number of the address or the form; ``None`` for anything else."""
    text = request.values.get(name, "")
    if not re.fullmatch("[0-9]{1,16}", text):
        return None
    value = int(text)
    return value if 0 < value <= MAX_INTEGER else None


def search_words(name: str, most: int) -> str:
    """The search words of the address, cut at ``most`` characters."""
    return request.args.get(name, "").replace("\x00", "").strip()[:most]


def back(fallback: str) -> Response:
    """Answer a form with the page named by its ``next``, or ``fallback``."""
    return redirect(local_address(request.form.get("next"), fallback), 303)
