"""Blueprints of pages: the reader, form tokens, and the redirect to sign-in."""

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

# A message has up to 8,000 characters, of up to twelve bytes each when percent-encoded.
MAX_FORM_BYTES = 256 * 1024


class FormExpired(PalabreError):
    """A form lacks the token of its session: it has expired, or another site sent it."""

    def __init__(self) -> None:
        super().__init__(
            "forbidden", N_("This form has expired. Go back, reload the page and send it again.")
        )


class Pages(Blueprint):
    """A blueprint whose forms declare their command; ``submit`` in ``app/web/forms.py`` runs it."""

    def post(
        self, rule: str, *, command: Command | None = None, **options: Any
    ) -> Callable[[Any], Any]:
        """Registers the target of a form."""
        add = super().post(rule, **options)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            if command is not None:
                ROUTES[view] = terms(command)
            return add(view)

        return decorate


def page_blueprint(
    name: str, import_name: str, *, public: bool = False, max_form: int = MAX_FORM_BYTES
) -> Pages:
    """Returns a blueprint of pages, for signed-in users unless ``public``.

    ``max_form`` is the maximum size of its forms, in bytes.
    """
    pages = Pages(f"{name}_pages", import_name)
    pages.before_request(identify)
    pages.before_request(partial(refuse_foreign_form, max_form))
    if not public:
        pages.before_request(require_reader)
    return pages


def refuse_foreign_form(max_form: int) -> None:
    """Raises ``FormExpired`` for a form without the token of the browser's session.

    The token is Flask-WTF's and bound to the session cookie. It therefore works before sign-in too,
    and a form left open for an hour survives the renewal of the access token.
    """
    limit_body(max_form)
    if request.method != "POST":
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as error:
        raise FormExpired from error


def require_reader() -> Response | None:
    """Redirects users who are not signed in to the sign-in page, and back afterwards."""
    if reader() is not None:
        return None
    return redirect(url_for("accounts_pages.sign_in", next=here()), 303)


def here() -> str:
    """Returns the address of this page; for a form, of the page that contains it."""
    if request.method == "POST":
        parts = urlsplit(request.referrer or "")
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        return local_address(address if parts.netloc == request.host else None)
    return local_address(request.full_path.removesuffix("?"))


def local_address(wish: str | None, fallback: str = "/") -> str:
    """Returns ``wish`` if it is an address of this site, else ``fallback``."""
    if not wish or not wish.startswith("/") or wish.startswith("//"):
        return fallback
    # Browsers read "\" as "/" and skip control characters, so "/\evil.example" is another site.
    return fallback if "\\" in wish or any(ord(character) < 32 for character in wish) else wish


def number(name: str) -> int | None:
    """Returns a positive integer from the query or the form; ``None`` for anything else."""
    text = request.values.get(name, "")
    if not re.fullmatch("[0-9]{1,16}", text):
        return None
    value = int(text)
    return value if 0 < value <= MAX_INTEGER else None


def search_words(name: str, most: int) -> str:
    """Returns the search words of the query, cut at ``most`` characters."""
    return request.args.get(name, "").replace("\x00", "").strip()[:most]


def back(fallback: str) -> Response:
    """Redirects a form to the page in its ``next`` field, or to ``fallback``."""
    return redirect(local_address(request.form.get("next"), fallback), 303)
