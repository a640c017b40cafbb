"""What goes out on the wire: every object, in the snake_case shape of ``/`` and REST.

Views build plain dicts, because validating each message on its way out would cost more than
building it. These models say what those dicts are: OpenAPI, the catalogue of events and the
TypeScript types come from them, and the tests hold what the running server sends against them,
field by field. ``/talemy`` carries the same objects with camelCase keys.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.contract.inputs import MAX_INTEGER

Id = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Revision = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
# ISO 8601 in UTC, milliseconds always there: texts of this form sort as the moments do.
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        json_schema_extra={"format": "date-time"},
    ),
]
Price = Annotated[str, Field(pattern=r"^\d+\.\d\d$")]


def left_out() -> Any:
    """The default of a key that is absent, rather than null, when there is nothing to say."""
    return None


class Output(BaseModel):
    """An object on the wire: exactly these keys, exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Nothing(Output):
    """An answer without content."""


class User(Output):
    """A person, as everybody sees them."""

    id: Id
    name: str
    avatar_url: str | None
    role: Literal["member", "moderator", "admin"]
    online: bool
    """Whether a connection of theirs is open, or was within the grace period of five seconds."""
    last_seen_at: Moment | None
    """When they were last online; null while they are, and if they never were."""


class OwnUser(User):
    """A person, as they see themself."""

    email: str
    locale: Literal["en", "fr"] | None


class Product(Output):
    """A product, as a conversation carries it."""

    id: Id
    title: str
    image_url: str | None
    price: Price | None
    """Decimal text with two digits after the point; null means *on request*."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 4217."""
    owner_id: Id
    status: Literal["available", "reserved", "sold"]


class FullProduct(Product):
    """A product with its text, as its own routes answer."""

    description: str


class Sender(Output):
    """Who wrote a message."""

    id: Id
    name: str


class Reply(Output):
    """What a message answers."""

    id: Id
    sender_id: Id
    excerpt: str | None
    """At most 140 characters on one line; null once the original was deleted for everyone."""


class Message(Output):
    """A message. Deleted, it stays as a tombstone: ``text`` is null, ``deleted_at`` is set."""

    id: Id
    conversation_id: Id
    seq: Id
    """Its place in the conversation: 1, 2, 3, … without a gap."""
    revision: Revision
    client_id: str | None
    """What the sender chose to recognise a retry by."""
    sender: Sender
    text: str | None
    reply_to: Reply | None
    created_at: Moment
    edited_at: Moment | None
    deleted_at: Moment | None
    """When it was deleted: for everyone, or in this reader's view alone."""


class Participant(Output):
    """Someone in a conversation, and how far they have read."""

    user: User
    last_read_seq: Count


class Conversation(Output):
    """A conversation, as one reader sees it."""

    id: Id
    kind: Literal["product", "direct", "group", "lesson"]
    title: str | None
    """Of groups and lessons; null otherwise."""
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
    """Messages by others after the reader's mark that are not deleted, for all or for them."""
    revision: Revision
    created_at: Moment
    updated_at: Moment
    """Of the opening, the last message, or the last opening or closing."""


class Lesson(Output):
    """A lesson, seen by its teacher and its student."""

    id: Id
    title: str
    teacher: User
    student: User
    starts_at: Moment
    duration_minutes: Id
    status: Literal["scheduled", "confirmed", "completed", "cancelled"]
    conversation_id: Id | None
    revision: Revision
    created_at: Moment


class ContactRequest(Output):
    """Somebody's wish to talk to somebody."""

    id: Id
    sender: User
    recipient: User
    message: str | None
    status: Literal["pending", "accepted", "declined", "cancelled"]
    conversation_id: Id | None
    """The direct conversation, once the request was accepted."""
    revision: Revision
    created_at: Moment


class ReadMark(Output):
    """How far someone has read a conversation: ``messages_read``, and ``reads`` of a sync."""

    conversation_id: Id
    user_id: Id
    last_read_seq: Count
    read_at: Moment
    revision: Revision


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


# --- errors -------------------------------------------------------------------------------------


class FieldProblem(Output):
    """What is wrong with one field."""

    field: str
    """Its name, as this namespace writes it; a path with points inside lists; ``payload`` for the whole."""
    message: str


Code = Literal[
    "unauthenticated",
    "token_expired",
    "token_revoked",
    "invalid_payload",
    "not_found",
    "forbidden",
    "blocked",
    "conversation_closed",
    "conflict",
    "payload_too_large",
    "rate_limited",
    "unavailable",
    "internal",
]


class Error(Output):
    """Why something was refused: the ``error`` of an acknowledgement."""

    code: Code
    """For programs."""
    message: str
    """For people, and for logs."""
    details: list[FieldProblem] = Field(default_factory=left_out)
    """With ``invalid_payload``; absent otherwise."""
    retry_after: Annotated[int, Field(ge=1)] = Field(default_factory=left_out)
    """Seconds, with ``rate_limited`` and ``unavailable``; absent otherwise."""


class Problem(Error):
    """The same over HTTP: RFC 9457, ``application/problem+json``."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
