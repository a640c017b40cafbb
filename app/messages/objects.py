"""Messages on the wire, and the payloads that carry them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.contract.answers import Page
from app.contract.types import Count, Id, Moment, Output, Revision


class Sender(Output):
    """The sender of a message."""

    id: Id
    name: str


class Reply(Output):
    """The message that a message replies to."""

    id: Id
    sender_id: Id
    excerpt: str | None
    """At most 140 characters on one line; null once the original was deleted for everyone."""


class Message(Output):
    """A message. Deleted, it stays as a tombstone: ``text`` is null, ``deleted_at`` is set."""

    id: Id
    conversation_id: Id
    seq: Id
    """Its number in the conversation: 1, 2, 3, … without a gap."""
    revision: Revision
    client_id: str | None
    """The sender's key for recognising retries."""
    sender: Sender
    text: str | None
    reply_to: Reply | None
    created_at: Moment
    edited_at: Moment | None
    deleted_at: Moment | None
    """Time of the deletion, for everyone or for this reader alone."""


class ReadMark(Output):
    """How far a participant has read: ``messages_read``, and ``reads`` of a sync."""

    conversation_id: Id
    user_id: Id
    last_read_seq: Count
    read_at: Moment
    revision: Revision


class Sent(Output):
    """``send_message``: the stored message, or the one that a repeated ``client_id`` stored."""

    message: Message
    conversation_id: Id


class OneMessage(Output):
    """``edit_message`` and ``delete_message``: the message afterwards, as the caller sees it."""

    message: Message


class Read(Output):
    """``mark_messages_read``: the caller's read mark and unread count afterwards."""

    conversation_id: Id
    last_read_seq: Count
    unread_count: Count


class NewMessage(Output):
    """``new_message``."""

    message: Message
    revision: Revision


class MessageNotification(Output):
    """``message_notification``: a message, and the recipient's unread counts with it."""

    conversation_id: Id
    message: Message
    unread_count: Count
    unread_total: Count
    revision: Revision


class MessageDeleted(Output):
    """``message_deleted``."""

    conversation_id: Id
    message_id: Id
    seq: Id
    scope: Literal["everyone", "me"]
    deleted_by: Id
    deleted_at: Moment
    revision: Revision


class MessageEdited(Output):
    """``message_edited``."""

    message: Message
    revision: Revision


class TypingNotice(Output):
    """``typing``."""

    conversation_id: Id
    user_id: Id
    is_typing: bool
    expires_in: Annotated[int, Field(ge=1)]
    """Seconds until it expires, unless repeated."""


class TalemyNewMessage(Output):
    """``message:new``: a message, and the recipient's unread count in its conversation."""

    message: Message
    conversation_id: Id
    unread_count: Count
    revision: Revision


class TalemySentMessage(Output):
    """``message:sent``."""

    message: Message
    conversation_id: Id
    revision: Revision


class Messages(Page):
    """A page of a conversation, oldest first."""

    items: list[Message]
