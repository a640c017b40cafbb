"""What carries the objects: data of acknowledgements, payloads of server events, REST bodies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.contract.types import (
    ContactRequest,
    Conversation,
    Count,
    Error,
    FullProduct,
    Id,
    Lesson,
    Message,
    Moment,
    Output,
    Revision,
    User,
    left_out,
)

# --- data of acknowledgements, and bodies of the REST calls that do the same ----------------------


class Joined(Output):
    """``join_conversation``."""

    conversation: Conversation
    messages: list[Message]
    """Oldest first: the newest page, or what follows ``after_seq``."""
    has_more: bool
    """There are older messages; with ``after_seq``, newer ones."""


class Sent(Output):
    """``send_message``: the stored message, or the one that a repeated ``client_id`` stored."""

    message: Message
    conversation_id: Id


class OneMessage(Output):
    """``edit_message`` and ``delete_message``: what became of it, as the caller sees it."""

    message: Message


class Read(Output):
    """``mark_messages_read``: where the caller's mark stands now."""

    conversation_id: Id
    last_read_seq: Count
    unread_count: Count


class Renewed(Output):
    """``authenticate``: when the new token ends."""

    expires_at: Moment


# --- payloads of server events ----------------------------------------------------------------------


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


class NewMessage(Output):
    """``new_message``."""

    message: Message
    revision: Revision


class MessageNotification(Output):
    """``message_notification``: a message, and what the person has not read after it."""

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


class ConversationUpdated(Output):
    """``conversation_updated``: the conversation as this person sees it."""

    conversation: Conversation
    revision: Revision


class ConversationRemoved(Output):
    """``conversation_removed``."""

    conversation_id: Id
    revision: Revision


class TypingNotice(Output):
    """``typing``."""

    conversation_id: Id
    user_id: Id
    is_typing: bool
    expires_in: Annotated[int, Field(ge=1)]
    """Seconds after which to forget it, if nothing more is heard."""


class PresenceNotice(Output):
    """``user_online`` and ``user_offline``."""

    user_id: Id
    last_seen_at: Moment | None
    """Null with ``user_online``."""


class TokenExpiring(Output):
    """``token_expiring``."""

    expires_at: Moment


class SessionEnded(Output):
    """``session_ended``."""

    code: Literal["token_expired", "token_revoked", "slow_consumer", "server_restarting"]
    message: str


class EventError(Error):
    """``error``: why an event that asked for no acknowledgement was refused."""

    event: Annotated[str, Field(max_length=64)]
    """The event's name as it was sent, or empty if it had none."""


class TalemyNewMessage(Output):
    """``message:new``: a message, and what the person has not read in its conversation."""

    message: Message
    conversation_id: Id
    unread_count: Count
    revision: Revision


class TalemySentMessage(Output):
    """``message:sent``."""

    message: Message
    conversation_id: Id
    revision: Revision


class LessonNotice(Output):
    """``lesson:created`` and ``lesson:statusUpdated``."""

    lesson: Lesson
    previous_status: str = Field(default_factory=left_out)
    """With ``lesson:statusUpdated`` only."""
    revision: Revision


class ContactRequestNotice(Output):
    """``contactRequest:created`` and ``contactRequest:statusUpdated``."""

    contact_request: ContactRequest
    previous_status: str = Field(default_factory=left_out)
    """With ``contactRequest:statusUpdated`` only."""
    revision: Revision


# --- bodies that only REST has ----------------------------------------------------------------------


class SignedIn(Output):
    """A person with the tokens of a sign-in session."""

    user: User
    access_token: str
    refresh_token: str = Field(default_factory=left_out)
    """Absent in the answer to a page, which keeps it in a cookie."""
    expires_in: Annotated[int, Field(ge=1)]
    """Seconds the access token lives."""


class BlockState(Output):
    """Somebody, and whether the caller has blocked them now."""

    user: User
    blocked: bool


class Page(Output):
    """The shape of every list."""

    next_cursor: str | None
    """What to ask with for the next page; null on the last one."""


class Users(Page):
    """A list of people."""

    items: list[User]


class Presence(Output):
    """Whether one person is online."""

    user_id: Id
    online: bool
    last_seen_at: Moment | None


class PresenceList(Page):
    """Whether some people are online; those that do not exist are left out."""

    items: list[Presence]


class Products(Page):
    """A list of products, newest first."""

    items: list[FullProduct]


class Conversations(Page):
    """A list of conversations, latest activity first."""

    items: list[Conversation]


class Messages(Page):
    """A page of a conversation, oldest first."""

    items: list[Message]


class Lessons(Page):
    """A list of lessons."""

    items: list[Lesson]


class ContactRequests(Page):
    """A list of contact requests."""

    items: list[ContactRequest]


class Health(Output):
    """Whether the process can do its work."""

    status: str
