"""Pages: forms that send, edit and delete a message without script."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_babel import ngettext

from app.actor import Actor
from app.errors import PalabreError
from app.messages import commands, sending
from app.messages.access import access_message
from app.messages.schemas import DeleteMessage, EditMessage, SendMessage
from app.messages.thread import Draft, show_again
from app.store import store
from app.web.blueprint import number, page_blueprint
from app.web.catalogue import phrase
from app.web.forms import message_text, parse, submit
from app.web.reader import signed_in_reader

pages = page_blueprint("messages", __name__)


@pages.post("/conversations/<int:conversation_id>/messages", command=sending.send_message)
def send(conversation_id: int) -> Any:
    """Sends the composer's text. Its ``client_id`` makes a second click harmless."""
    actor = signed_in_reader()
    text, reply_to_id = message_text(request.form.get("text")), number("reply_to_id")
    try:
        given = parse(
            SendMessage,
            conversation_id=conversation_id,
            text=text,
            client_id=request.form.get("client_id") or None,
            reply_to_id=reply_to_id,
        )
        submit(sending.send_message, actor, given)
    except PalabreError as error:
        if error.code == "not_found":
            raise
        draft = Draft(text, _problem(error), error.status, replying_id=reply_to_id)
        return show_again(conversation_id, draft)
    return redirect(url_for("conversations_pages.show", conversation_id=conversation_id), 303)


@pages.post("/messages/<int:message_id>/edit", command=commands.edit_message)
def edit(message_id: int) -> Any:
    """Changes the text of the reader's own message."""
    actor = signed_in_reader()
    conversation_id = _conversation_of(actor, message_id)
    text = message_text(request.form.get("text"))
    try:
        submit(commands.edit_message, actor, parse(EditMessage, message_id=message_id, text=text))
    except PalabreError as error:
        draft = Draft(text, _problem(error), error.status, editing_id=message_id)
        return show_again(conversation_id, draft)
    return _to_message(conversation_id, message_id)


@pages.post("/messages/<int:message_id>/delete", command=commands.delete_message)
def delete(message_id: int) -> Any:
    """Deletes a message for all, or for the reader alone."""
    actor = signed_in_reader()
    conversation_id = _conversation_of(actor, message_id)
    given = parse(DeleteMessage, message_id=message_id, scope=request.form.get("scope", "everyone"))
    submit(commands.delete_message, actor, given)
    return _to_message(conversation_id, message_id)


def _conversation_of(actor: Actor, message_id: int) -> int:
    with store.reading() as session:
        message = access_message(session, actor, message_id)
        return message.conversation_id


def _to_message(conversation_id: int, message_id: int) -> Any:
    address = url_for("conversations_pages.show", conversation_id=conversation_id)
    return redirect(f"{address}#message-{message_id}", 303)


def _problem(error: PalabreError) -> str:
    """Returns the reason for a refusal as a sentence for the sender."""
    if error.code != "rate_limited" or not error.retry_after:
        return phrase(f"error_{error.code}")
    sentence: str = ngettext(
        "Too many attempts. Try again in %(num)s second.",
        "Too many attempts. Try again in %(num)s seconds.",
        int(error.retry_after),
    )
    return sentence
