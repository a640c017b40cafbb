"""REST: messages. The commands and answers are those of the socket's events."""

from __future__ import annotations

from typing import Any

from app.accounts.bearer import actor, blueprint
from app.contract.inputs import ById
from app.conversations.access import check_membership
from app.errors import invalid
from app.http.rest import items
from app.messages import commands, queries, sending
from app.messages.objects import Messages, OneMessage, Read, Sent
from app.messages.schemas import (
    DeleteMessage,
    DeleteScope,
    EditMessage,
    MarkRead,
    MessagePage,
    NewText,
    SendMessage,
    UpTo,
    WriteMessage,
)
from app.store import store

api = blueprint("messages", __name__)


@api.get("/conversations/<int:id>/messages", refuses=("not_found",), responses={200: Messages})
def list_messages(path: ById, query: MessagePage) -> Any:
    """Returns a page of a conversation's messages, oldest first.

    ``next_cursor`` is the ``before_seq`` or ``after_seq`` of the next page.
    """
    if query.before_seq is not None and query.after_seq is not None:
        raise invalid("after_seq", "cannot be combined with before_seq")
    with store.reading() as session:
        check_membership(session, actor(), path.id)
        if query.after_seq is not None:
            found, more = queries.page_after(
                session, actor().user_id, path.id, query.after_seq, query.limit
            )
            return items(found, str(found[-1]["seq"]) if more else None)
        found, more = queries.page_before(
            session, actor().user_id, path.id, query.before_seq, query.limit
        )
        return items(found, str(found[0]["seq"]) if more else None)


@api.post(
    "/conversations/<int:id>/messages",
    command=sending.deliver,
    refuses=("not_found", "blocked", "conversation_closed", "conflict"),
    responses={200: Sent, 201: Sent},
)
def send_to_conversation(path: ById, body: WriteMessage) -> Any:
    """Sends a message; 200 for a repeated ``client_id``."""
    return _send(SendMessage(conversation_id=path.id, **body.model_dump()))


@api.post("/messages", command=sending.deliver, responses={200: Sent, 201: Sent})
def send_message(body: SendMessage) -> Any:
    """Sends a message to a conversation, about a product, or to a user."""
    return _send(body)


@api.post("/conversations/<int:id>/read", command=commands.mark_read, responses={200: Read})
def mark_read(path: ById, body: UpTo) -> Any:
    """Moves the caller's read mark forward."""
    given = MarkRead(conversation_id=path.id, up_to_seq=body.up_to_seq)
    return store.write(commands.mark_read, actor(), given)


@api.patch("/messages/<int:id>", command=commands.edit_message, responses={200: OneMessage})
def edit_message(path: ById, body: NewText) -> Any:
    """Replaces the text of one of the caller's messages."""
    given = EditMessage(message_id=path.id, text=body.text)
    return store.write(commands.edit_message, actor(), given)


@api.delete("/messages/<int:id>", command=commands.delete_message, responses={200: OneMessage})
def delete_message(path: ById, query: DeleteScope) -> Any:
    """Deletes a message for everyone or for the caller; it stays as a tombstone."""
    given = DeleteMessage(message_id=path.id, scope=query.scope)
    return store.write(commands.delete_message, actor(), given)


def _send(given: SendMessage) -> Any:
    outcome = store.write(sending.deliver, actor(), given)
    return outcome.sent, 201 if outcome.created else 200
