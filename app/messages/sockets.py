"""Socket events of conversations and their messages: join, leave, send, edit, delete, read, type."""

from __future__ import annotations

from typing import Any

import orjson

from app.contract.types import Nothing
from app.conversations.access import check_membership
from app.conversations.objects import Joined
from app.conversations.queries import conversation_view
from app.conversations.schemas import ConversationId, JoinConversation
from app.messages import commands, sending
from app.messages.access import access_writing
from app.messages.events import TypingChanged
from app.messages.objects import OneMessage, Read, Sent
from app.messages.queries import PAGE_LENGTH, page_after, page_before
from app.messages.schemas import (
    DeleteMessage,
    EditMessage,
    MarkRead,
    SendMessage,
    SendToConversation,
    Typing,
)
from app.realtime.connection import Connection
from app.realtime.publisher import publisher
from app.realtime.registry import on
from app.realtime.wire import TALEMY, joined
from app.store import Job, store
from app.store.writer.jobs import Command

# A client that hears nothing more forgets that somebody is typing after this many seconds.
TYPING_SECONDS = 6


@on("send_message", SendMessage, Sent, command=sending.send_message)
def send_message(connection: Connection, payload: SendMessage) -> Job:
    """Send to a conversation, about a product, or to a person."""
    return _submit(connection, sending.send_message, payload)


@on("message:send", SendToConversation, Sent, namespace=TALEMY, command=sending.send_message)
def talemy_send(connection: Connection, payload: SendToConversation) -> Job:
    """Send to a conversation."""
    return _submit(connection, sending.send_message, SendMessage(**payload.model_dump()))


def _submit(connection: Connection, command: Command, given: Any) -> Job:
    """Hand a command to the writer, behind what the same connection has asked for before."""
    return store.submit(command, connection.actor, given, after=connection.last_job)


@on("edit_message", EditMessage, OneMessage, command=commands.edit_message)
def edit_message(connection: Connection, payload: EditMessage) -> Job:
    """Give one's own message another text."""
    return _submit(connection, commands.edit_message, payload)


@on("delete_message", DeleteMessage, OneMessage, command=commands.delete_message)
def delete_message(connection: Connection, payload: DeleteMessage) -> Job:
    """Delete for everyone or for oneself."""
    return _submit(connection, commands.delete_message, payload)


@on("mark_messages_read", MarkRead, Read, command=commands.mark_read)
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


# Of a page's messages: what may wait for one connection is 4 MB (docs/protocol.md).
MOST_BYTES = 3_000_000


@on("join_conversation", JoinConversation, Joined)
@on("conversation:join", JoinConversation, Joined, namespace=TALEMY)
def join_conversation(connection: Connection, payload: JoinConversation) -> dict[str, Any]:
    """Hear a conversation from now on, and read its newest page, or all after ``after_seq``."""
    with store.reading() as session:
        check_membership(session, connection.actor, payload.conversation_id)
        # Listening begins before reading, and nothing yields in between: a message that arrives
        # now is heard, read, or both, and never neither.
        connection.joined.add(payload.conversation_id)
        publisher.enter(connection, joined(payload.conversation_id))
        user_id = connection.actor.user_id
        conversation = conversation_view(session, user_id, payload.conversation_id)
        if payload.after_seq is None:
            messages, more = page_before(
                session, user_id, payload.conversation_id, None, PAGE_LENGTH
            )
        else:
            messages, more = page_after(
                session, user_id, payload.conversation_id, payload.after_seq, PAGE_LENGTH * 2
            )
    fitting = _fitting(messages, from_the_end=payload.after_seq is None)
    return {
        "conversation": conversation,
        "messages": fitting,
        "has_more": more or len(fitting) < len(messages),
    }


def _fitting(messages: list[dict[str, Any]], from_the_end: bool) -> list[dict[str, Any]]:
    """As many as may wait for one connection; without the oldest, or without the newest."""
    room, count = MOST_BYTES, 0
    for message in reversed(messages) if from_the_end else messages:
        room -= len(orjson.dumps(message))
        if room < 0:
            break
        count += 1
    return messages[len(messages) - count :] if from_the_end else messages[:count]


@on("leave_conversation", ConversationId, Nothing)
@on("conversation:leave", ConversationId, Nothing, namespace=TALEMY)
def leave_conversation(connection: Connection, payload: ConversationId) -> dict[str, Any]:
    """Hear a conversation no longer. Leaving what one has not joined is no error."""
    connection.joined.discard(payload.conversation_id)
    publisher.leave(connection, joined(payload.conversation_id))
    return {}
