"""Synchronisation on the wire."""

from __future__ import annotations

from app.accounts.objects import User
from app.contacts.objects import ContactRequest
from app.contract.types import Count, Id, Moment, Output, Revision
from app.conversations.objects import Conversation
from app.lessons.objects import Lesson
from app.messages.objects import Message, ReadMark


class Changes(Output):
    """Everything that changed for someone after a cursor."""

    conversations: list[Conversation]
    messages: list[Message]
    reads: list[ReadMark]
    lessons: list[Lesson]
    contact_requests: list[ContactRequest]
    removed_conversation_ids: list[Id]
    cursor: Revision
    """What to ask after next time, once this page has been applied whole."""
    has_more: bool
    """Ask again after ``cursor``."""
    reset: bool
    """The cursor cannot be served: forget everything, read anew, go on from ``cursor``."""


class Ready(Output):
    """The first thing an accepted connection hears."""

    user: User
    cursor: Revision
    """Where to sync from, for a client that reads everything anew after this."""
    unread_total: Count
    """Unread messages in all conversations, archived and muted ones included."""
    online_user_ids: list[Id]
    """Who of the people one shares a conversation with is online."""
    token_expires_at: Moment
    server_time: Moment
