"""Error pages: a sentence, and links to other pages."""

from __future__ import annotations

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.errors import PalabreError
from app.web.blueprint import FormExpired, here
from app.web.reader import identify

Way = tuple[str, str]


def render_error(error: PalabreError, status: int | None = None) -> BaseResponse:
    """Returns the page for an error; ``status`` replaces that of the error's code."""
    if error.code in ("unauthenticated", "token_expired", "token_revoked"):
        return redirect(url_for("accounts_pages.sign_in", next=here()), 303)
    status = status or error.status
    if "me" not in g:
        _identify_if_possible(status)
    heading, sentence = _words(error, status)
    page = render_template(
        "errors/page.html",
        status=status,
        heading=heading,
        sentence=sentence,
        ways_on=_ways_on(error),
    )
    response: Response = make_response(page, status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(int(error.retry_after))
    return response


def _identify_if_possible(status: int) -> None:
    """Recognises the reader at an address outside all blueprints, where no cookie was read yet."""
    g.me = g.page_actor = None
    if status < 500:
        identify()


def _words(error: PalabreError, status: int) -> tuple[str, str]:
    if isinstance(error, FormExpired):
        return _("This form has expired"), _(error.message)
    if status == 404:
        return _("Nothing under this tree"), _("Not found, or you don't have access.")
    if status == 405:
        return _("Not this way"), _("This page cannot be opened directly.")
    if status == 413:
        return _("Too large"), _("You sent too much at once. Shorten it and try again.")
    if status == 429:
        return _("A little slower"), _seconds(error)
    if status >= 500:
        return _("Something went wrong on our side"), _(
            "It is not your fault, and nothing was saved. Try again in a moment."
        )
    return _("Not possible"), _(error.message)


def _seconds(error: PalabreError) -> str:
    wait = int(error.retry_after or 60)
    sentence: str = ngettext(
        "Too many attempts. Try again in %(num)s second.",
        "Too many attempts. Try again in %(num)s seconds.",
        wait,
    )
    return sentence


def _ways_on(error: PalabreError) -> list[Way]:
    again = (_("Back to the page"), here())
    products = (_("All products"), url_for("products_pages.index"))
    if g.me:
        ways = [(_("Your conversations"), url_for("conversations_pages.inbox")), products]
    else:
        ways = [products, (_("Sign in"), url_for("accounts_pages.sign_in"))]
    return [again, *ways] if request.method == "POST" or error.code == "rate_limited" else ways
