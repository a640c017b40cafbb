"""Socket events of conversations and messages: join, leave, send, edit, delete, read, type."""

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

# Seconds until clients drop a typing notice that is not repeated.
TYPING_SECONDS = 6


@on("send_message", SendMessage, Sent, command=sending.send_message)
def send_message(connection: Connection, payload: SendMessage) -> Job:
    """Sends a message to a conversation, about a product, or to a user."""
    return _submit(connection, sending.send_message, payload)


@on("message:send", SendToConversation, Sent, namespace=TALEMY, command=sending.send_message)
def talemy_send(connection: Connection, payload: SendToConversation) -> Job:
    """Sends a message to a conversation."""
    return _submit(connection, sending.send_message, SendMessage(**payload.model_dump()))


def _submit(connection: Connection, command: Command, given: Any) -> Job:
    """Submits a command to the writer, queued behind the connection's previous one."""
    return store.submit(command, connection.actor, given, after=connection.last_job)


@on("edit_message", EditMessage, OneMessage, command=commands.edit_message)
def edit_message(connection: Connection, payload: EditMessage) -> Job:
    """Replaces the text of one of the caller's messages."""
    return _submit(connection, commands.edit_message, payload)


@on("delete_message", DeleteMessage, OneMessage, command=commands.delete_message)
def delete_message(connection: Connection, payload: DeleteMessage) -> Job:
    """Deletes a message for everyone or for the caller."""
    return _submit(connection, commands.delete_message, payload)


@on("mark_messages_read", MarkRead, Read, command=commands.mark_read)
def mark_messages_read(connection: Connection, payload: MarkRead) -> Job:
    """Moves the caller's read mark forward."""
    return _submit(connection, commands.mark_read, payload)


@on("typing", Typing, Nothing, limit="typing")
def typing(connection: Connection, payload: Typing) -> dict[str, Any]:
    """Sends a typing notice to the other participants. Requires the right to write."""
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


# Of a page's messages, within the 4 MB send queue of a connection (docs/protocol.md).
MOST_BYTES = 3_000_000


@on("join_conversation", JoinConversation, Joined)
@on("conversation:join", JoinConversation, Joined, namespace=TALEMY)
def join_conversation(connection: Connection, payload: JoinConversation) -> dict[str, Any]:
    """Joins a conversation, and returns its newest page, or the messages after ``after_seq``."""
    with store.reading() as session:
        check_membership(session, connection.actor, payload.conversation_id)
        # The connection joins before it reads, and nothing yields in between. A message that
        # arrives now is delivered live, read, or both.
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
    """Returns the messages that fit into ``MOST_BYTES``, dropping the oldest or the newest."""
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
    """Leaves a conversation. Leaving one that was not joined is no error."""
    connection.joined.discard(payload.conversation_id)
    publisher.leave(connection, joined(payload.conversation_id))
    return {}
