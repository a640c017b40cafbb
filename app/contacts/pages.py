"""Pages: a user, the contact request form, and requests sent and received."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from app.accounts.access import access_user
from app.accounts.queries import block_between, user_view
from app.actor import Actor
from app.contacts import commands, queries
from app.contacts.schemas import ChangeContactRequest, CreateContactRequest
from app.conversations.queries import conversations_with
from app.conversations.rows import BLANK_USER, conversation_row
from app.errors import PalabreError
from app.messages.schemas import SendMessage
from app.messages.sending import send_message
from app.products.queries import find_products
from app.store import store
from app.web.blueprint import number, page_blueprint
from app.web.forms import PageForm, message_text, parse, submit
from app.web.page_data import register_count, take_state
from app.web.reader import signed_in_reader

pages = page_blueprint("contacts", __name__)
register_count("pending_requests", queries.pending_received)

PER_PAGE = 30
WAITING_SHOWN = 100
PRODUCTS_SHOWN = 6


class RequestForm(PageForm):
    """A contact request, with or without a message."""

    message = TextAreaField(
        _l("Why would you like to talk?"),
        [Length(max=1000, message=_l("Use at most 1,000 characters."))],
        render_kw={"maxlength": 1000, "rows": 3},
        filters=[message_text],
    )


class MessageForm(PageForm):
    """The next message to a user."""

    client_id = HiddenField(render_kw={"autocomplete": "off"})
    text = TextAreaField(
        _l("Your message"),
        [
            InputRequired(_l("Write a message first.")),
            Regexp(r"\s*\S", message=_l("Write a message first.")),
        ],
        render_kw={"maxlength": 8000, "rows": 3},
    )


Form = RequestForm | MessageForm


@pages.get("/contact-requests")
def index() -> Any:
    """Lists requests received, or sent, pending ones first."""
    return _list(request.args.get("direction", ""))


@pages.post("/contact-requests/<int:request_id>", command=commands.change_status)
def answer(request_id: int) -> Any:
    """Accepts, declines or cancels a request. Accepting leads to the conversation."""
    actor = signed_in_reader()
    try:
        given = parse(ChangeContactRequest, status=request.form.get("status"))
        changed = submit(commands.change_status, actor, request_id, given.status)
    except PalabreError as error:
        if error.code == "not_found":
            raise
        return _list("sent" if request.form.get("status") == "cancelled" else "received", error)
    if given.status == "accepted":
        opened = changed["conversation_id"]
        return redirect(url_for("conversations_pages.show", conversation_id=opened), 303)
    direction = "sent" if given.status == "cancelled" else None
    return redirect(url_for(".index", direction=direction), 303)


@pages.get("/people/<int:user_id>")
def person(user_id: int) -> Any:
    """Shows a user, their products, and the forms to reach them."""
    return _person(user_id)


@pages.post("/people/<int:user_id>/contact-request", command=commands.create_contact_request)
def ask(user_id: int) -> Any:
    """Sends a contact request."""
    actor, form = signed_in_reader(), RequestForm()
    if not form.validate():
        return _person(user_id, form, 422)
    try:
        given = parse(CreateContactRequest, recipient_id=user_id, message=form.message.data)
        made = submit(commands.create_contact_request, actor, given)
    except PalabreError as error:
        return _refused(user_id, form, error)
    flash(_("Request sent to %(name)s.", name=made["recipient"]["name"]), "success")
    return redirect(url_for(".index", direction="sent"), 303)


@pages.post("/people/<int:user_id>/message", command=send_message)
def write(user_id: int) -> Any:
    """Sends a direct message to a user; opens or reuses the conversation."""
    actor, form = signed_in_reader(), MessageForm()
    if not form.validate():
        return _person(user_id, form, 422)
    try:
        given = parse(
            SendMessage,
            recipient_id=user_id,
            text=message_text(form.text.data),
            client_id=form.client_id.data or None,
        )
        sent = submit(send_message, actor, given)
    except PalabreError as error:
        form.client_id.data = str(uuid.uuid4())
        return _refused(user_id, form, error)
    return redirect(
        url_for("conversations_pages.show", conversation_id=sent["conversation_id"]), 303
    )


def _refused(user_id: int, form: Form, error: PalabreError) -> Any:
    if error.code == "not_found":
        raise error
    return _person(user_id, form, form.refuse(error))


def _list(wish: str, error: PalabreError | None = None) -> Any:
    actor, direction = signed_in_reader(), "sent" if wish == "sent" else "received"
    before = number("cursor")
    with store.reading() as session:
        take_state(session)
        answered = queries.answered_contact_requests(
            session, actor.user_id, direction, PER_PAGE + 1, before
        )
        waiting = [] if before else _waiting(session, actor, direction)
    page = answered[:PER_PAGE]
    rendered = render_template(
        "contacts/list.html",
        direction=direction,
        waiting=waiting,
        answered=page,
        next_cursor=page[-1]["id"] if len(answered) > PER_PAGE else None,
        problem=_(error.message) if error else "",
        blank=_blank_request(direction),
        data={"contact_requests": [*waiting, *page]},
    )
    return rendered, error.status if error else 200


def _blank_request(direction: str) -> dict[str, Any]:
    """Returns the blank request that the page's script fills for a new or changed one."""
    people = {"sender": BLANK_USER, "recipient": BLANK_USER}
    people["recipient" if direction == "received" else "sender"] = g.me
    return {
        "id": None,
        "message": None,
        "status": "pending",
        "conversation_id": None,
        "revision": 0,
        "created_at": "",
        **people,
    }


def _waiting(session: Session, actor: Actor, direction: str) -> list[dict[str, Any]]:
    return queries.list_contact_requests(
        session, actor.user_id, direction, "pending", WAITING_SHOWN, None
    )


def _person(user_id: int, form: Form | None = None, status: int = 200) -> Any:
    actor = signed_in_reader()
    with store.reading() as session:
        take_state(session)
        shown = user_view(access_user(session, user_id))
        products = find_products(session, None, user_id, PRODUCTS_SHOWN + 1, None)
        relation = _relation(session, actor, user_id)
    page = render_template(
        "contacts/person.html",
        person=shown,
        products=products[:PRODUCTS_SHOWN],
        more_products=len(products) > PRODUCTS_SHOWN,
        own=user_id == actor.user_id,
        **relation,
        **_forms(form),
    )
    return page, status


def _relation(session: Session, actor: Actor, user_id: int) -> dict[str, Any]:
    """Returns conversations, pending requests and a block between the reader and a user."""
    if user_id == actor.user_id:
        return {"conversations": [], "sent": None, "received": None, "blocked": ""}
    talks = conversations_with(session, actor.user_id, user_id)
    pending = {
        item["sender"]["id"]: item
        for item in queries.pending_between(session, actor.user_id, user_id)
    }
    return {
        "conversations": [conversation_row(view, actor.user_id) for view in talks],
        "sent": pending.get(actor.user_id),
        "received": pending.get(user_id),
        "blocked": block_between(session, actor.user_id, user_id),
    }


def _forms(given: Form | None) -> dict[str, Form]:
    """Returns both forms; the refused one keeps its values."""
    asking, writing = RequestForm(formdata=None), MessageForm(formdata=None)
    writing.client_id.data = str(uuid.uuid4())
    forms: dict[str, Form] = {"request_form": asking, "message_form": writing}
    if given is not None:
        forms["request_form" if isinstance(given, RequestForm) else "message_form"] = given
    return forms
