"""Conversations on the wire, and the payloads that carry them."""

from __future__ import annotations

from typing import Literal

from app.accounts.objects import User
from app.contract.answers import Page
from app.contract.types import Count, Id, Moment, Output, Revision
from app.messages.objects import Message
from app.products.objects import Product


class Participant(Output):
    """A participant of a conversation, and how far they have read."""

    user: User
    last_read_seq: Count


class Conversation(Output):
    """A conversation, as one reader sees it."""

    id: Id
    kind: Literal["product", "direct", "group", "lesson"]
    title: str | None
    """Set for groups and lessons; null otherwise."""
    product: Product | None
    status: Literal["open", "closed"]
    archived: bool
    """The reader's own."""
    muted: bool
    """The reader's own."""
    participants: list[Participant]
    last_message: Message | None
    """The message with the highest ``seq``, a tombstone included."""
    last_seq: Count
    unread_count: Count
    """Messages by others after the reader's mark, without those deleted in the reader's view."""
    revision: Revision
    created_at: Moment
    updated_at: Moment
    """The latest of creation, last message and last change of status."""


class Joined(Output):
    """``join_conversation``."""

    conversation: Conversation
    messages: list[Message]
    """Oldest first: the newest page, or the messages after ``after_seq``."""
    has_more: bool
    """Whether there are older messages; with ``after_seq``, newer ones."""


class ConversationUpdated(Output):
    """``conversation_updated``: the conversation as the recipient sees it."""

    conversation: Conversation
    revision: Revision


class ConversationRemoved(Output):
    """``conversation_removed``."""

    conversation_id: Id
    revision: Revision


class Conversations(Page):
    """A list of conversations, latest activity first."""

    items: list[Conversation]
