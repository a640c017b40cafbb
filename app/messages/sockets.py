"""Socket events of messages: parse, call, shape the answer."""

from __future__ import annotations

from typing import Any

from app.actor import Actor
from app.contract.types import Nothing
from app.messages import commands, sending
from app.messages.access import access_writing
from app.messages.events import TypingChanged
from app.messages.objects import OneMessage, Read, Sent
from app.messages.schemas import (
    DeleteMessage,
    EditMessage,
    MarkRead,
    SendMessage,
    SendToConversation,
    Typing,
)
from app.realtime.connection import Connection
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.registry import on
from app.realtime.wire import TALEMY
from app.store import Job, WriteSession, store
from app.store.writer.jobs import Command

# A client that hears nothing more forgets that somebody is typing after this many seconds.
TYPING_SECONDS = 6


@on("send_message", SendMessage, Sent, limit="send", writes=True)
def send_message(connection: Connection, payload: SendMessage) -> Job:
    """Send to a conversation, about a product, or to a person."""
    return _submit(connection, _send, payload)


@on("message:send", SendToConversation, Sent, namespace=TALEMY, limit="send", writes=True)
def talemy_send(connection: Connection, payload: SendToConversation) -> Job:
    """Send to a conversation."""
    return _submit(connection, _send, SendMessage(**payload.model_dump()))


def _send(
    session: WriteSession, actor: Actor, given: SendMessage
) -> tuple[dict[str, Any], list[Event]]:
    sent, events = sending.send_message(session, actor, given)
    return sent.as_dict(), events


def _submit(connection: Connection, command: Command, given: Any) -> Job:
    """Hand a command to the writer, behind what the same connection has asked for before."""
    return store.submit(command, connection.actor, given, after=connection.last_job)


@on("edit_message", EditMessage, OneMessage, limit="write", writes=True)
def edit_message(connection: Connection, payload: EditMessage) -> Job:
    """Give one's own message another text."""
    return _submit(connection, commands.edit_message, payload)


@on("delete_message", DeleteMessage, OneMessage, limit="write", writes=True)
def delete_message(connection: Connection, payload: DeleteMessage) -> Job:
    """Delete for everyone or for oneself."""
    return _submit(connection, commands.delete_message, payload)


@on("mark_messages_read", MarkRead, Read, limit="write", writes=True)
def mark_messages_read(connection: Connection, payload: MarkRead) -> Job:
    """Move one's read mark forward."""
    return _submit(connection, commands.mark_read, payload)


@on("typing", Typing, Nothing, limit="typing")
def typing(connection: Connection, payload: Typing) -> dict[str, Any]:
    """Tell the others that one is typing, or no longer is. Who may not write may not type."""
    with store.reading() as session:
        access_writing(session, connection.actor, payload.conversation_id)
    event = TypingChanged(
        conversation_id=payload.conversation_id,
        user_id=connection.actor.user_id,
        is_typing=payload.is_typing,
        expires_in=TYPING_SECONDS,
    )
    publisher.publish([event])
    return {}
