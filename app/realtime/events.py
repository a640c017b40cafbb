"""The catalogue: every domain event, with its wire names and shapes on both namespaces.

A command returns these; the publisher asks each for its :class:`Wire` messages. A wire name of
the server lives here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.realtime.wire import (
    MARKETPLACE,
    TALEMY,
    PersonalWire,
    Room,
    Wire,
    camelize,
    joined,
    person,
)

Payload = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Event:
    """Something that was committed. ``revision`` is that of the change; 0 for what is not stored."""

    revision: int = 0

    def wires(self) -> Iterator[Wire | PersonalWire]:
        """The messages that tell clients about it."""
        return iter(())

    def lists_changed(self) -> frozenset[int]:
        """People whose conversation list is no longer what it was."""
        return frozenset()


@dataclass(slots=True)
class Unread:
    """What one participant has not read: in the conversation, and in all of them."""

    count: int
    total: int


@dataclass(slots=True, kw_only=True)
class MessageSent(Event):
    """A new message. ``others`` are all participants but the sender; what one of them has not read
    is asked for only if they are there to be told.
    """

    message: Payload
    others: frozenset[int]
    unread_of: Callable[[int], Unread]

    def wires(self) -> Iterator[Wire | PersonalWire]:
        room, sender = joined(self.message["conversation_id"]), person(self.message["sender"]["id"])
        told = {"message": self.message, "revision": self.revision}
        yield Wire(MARKETPLACE, "new_message", told, (room,))
        yield PersonalWire(
            MARKETPLACE, "message_notification", self._notification, self.others, room
        )
        yield PersonalWire(TALEMY, "message:new", self._new, self.others)
        yield Wire(TALEMY, "message:sent", self._sent, (sender,))

    def _notification(self, user_id: int) -> Payload:
        unread = self.unread_of(user_id)
        return {
            "conversation_id": self.message["conversation_id"],
            "message": self.message,
            "unread_count": unread.count,
            "unread_total": unread.total,
            "revision": self.revision,
        }

    def _new(self, user_id: int) -> Payload:
        return {**self._sent(), "unreadCount": self.unread_of(user_id).count}

    def _sent(self) -> Payload:
        return {
            "message": camelize(self.message),
            "conversationId": self.message["conversation_id"],
            "revision": self.revision,
        }

    def lists_changed(self) -> frozenset[int]:
        return self.others | {self.message["sender"]["id"]}


@dataclass(slots=True, kw_only=True)
class MessagesRead(Event):
    """A participant's read mark moved forward."""

    conversation_id: int
    user_id: int
    last_read_seq: int
    read_at: str
    participant_ids: frozenset[int]

    def wires(self) -> Iterator[Wire]:
        payload = {
            "conversation_id": self.conversation_id,
            "user_id": self.user_id,
            "last_read_seq": self.last_read_seq,
            "read_at": self.read_at,
            "revision": self.revision,
        }
        rooms = (joined(self.conversation_id), person(self.user_id))
        yield Wire(MARKETPLACE, "messages_read", payload, rooms)

    def lists_changed(self) -> frozenset[int]:
        return self.participant_ids


@dataclass(slots=True, kw_only=True)
class MessageDeleted(Event):
    """A message became a tombstone, for everyone or in one person's view."""

    conversation_id: int
    message_id: int
    seq: int
    scope: str
    deleted_by: int
    deleted_at: str
    audience: frozenset[int]  # all participants, or the one person

    def wires(self) -> Iterator[Wire]:
        payload = {
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
            "seq": self.seq,
            "scope": self.scope,
            "deleted_by": self.deleted_by,
            "deleted_at": self.deleted_at,
            "revision": self.revision,
        }
        yield Wire(MARKETPLACE, "message_deleted", payload, _people(self.audience))

    def lists_changed(self) -> frozenset[int]:
        return self.audience


@dataclass(slots=True, kw_only=True)
class MessageEdited(Event):
    """A message has another text; ``audience`` are the people who see it as ``message``."""

    message: Payload
    audience: frozenset[int]

    def wires(self) -> Iterator[Wire]:
        payload = {"message": self.message, "revision": self.revision}
        yield Wire(MARKETPLACE, "message_edited", payload, _people(self.audience))

    def lists_changed(self) -> frozenset[int]:
        return self.audience


@dataclass(slots=True, kw_only=True)
class ConversationUpdated(Event):
    """A conversation was opened or changed; ``views`` holds it as each reader sees it."""

    views: Mapping[int, Payload]

    def wires(self) -> Iterator[Wire]:
        for user_id, conversation in self.views.items():
            payload = {"conversation": conversation, "revision": self.revision}
            yield Wire(MARKETPLACE, "conversation_updated", payload, (person(user_id),))

    def lists_changed(self) -> frozenset[int]:
        return frozenset(self.views)


@dataclass(slots=True, kw_only=True)
class ConversationRemoved(Event):
    """Someone no longer belongs to a conversation: their connections leave it at once."""

    conversation_id: int
    user_id: int

    def wires(self) -> Iterator[Wire]:
        payload = {"conversation_id": self.conversation_id, "revision": self.revision}
        yield Wire(MARKETPLACE, "conversation_removed", payload, (person(self.user_id),))

    def lists_changed(self) -> frozenset[int]:
        return frozenset({self.user_id})


@dataclass(slots=True, kw_only=True)
class LessonCreated(Event):
    """A lesson was scheduled.

    ``/`` has no name for it: its clients hear that a conversation was opened, and find the lesson
    when they sync. The same holds for the three events that follow.
    """

    lesson: Payload

    def wires(self) -> Iterator[Wire]:
        payload = camelize({"lesson": self.lesson, "revision": self.revision})
        yield Wire(TALEMY, "lesson:created", payload, _both(self.lesson, "teacher", "student"))


@dataclass(slots=True, kw_only=True)
class LessonStatusChanged(Event):
    """A lesson was confirmed, completed or cancelled.

    ``previous_status`` is not stored: whoever tells of it later leaves it out.
    """

    lesson: Payload
    previous_status: str | None

    def wires(self) -> Iterator[Wire]:
        payload = {
            "lesson": self.lesson,
            **_previous(self.previous_status),
            "revision": self.revision,
        }
        rooms = _both(self.lesson, "teacher", "student")
        yield Wire(TALEMY, "lesson:statusUpdated", camelize(payload), rooms)


@dataclass(slots=True, kw_only=True)
class ContactRequestCreated(Event):
    """Someone asked someone for contact."""

    contact_request: Payload

    def wires(self) -> Iterator[Wire]:
        payload = {"contact_request": self.contact_request, "revision": self.revision}
        rooms = _both(self.contact_request, "sender", "recipient")
        yield Wire(TALEMY, "contactRequest:created", camelize(payload), rooms)


@dataclass(slots=True, kw_only=True)
class ContactRequestStatusChanged(Event):
    """A contact request was accepted, declined or cancelled."""

    contact_request: Payload
    previous_status: str | None

    def wires(self) -> Iterator[Wire]:
        payload = {
            "contact_request": self.contact_request,
            **_previous(self.previous_status),
            "revision": self.revision,
        }
        rooms = _both(self.contact_request, "sender", "recipient")
        yield Wire(TALEMY, "contactRequest:statusUpdated", camelize(payload), rooms)


@dataclass(slots=True, kw_only=True)
class SessionsEnded(Event):
    """Sign-in sessions that are over: their live connections are told and closed."""

    session_ids: frozenset[str]


@dataclass(slots=True, kw_only=True)
class TypingChanged(Event):
    """Someone began or stopped typing. Never stored."""

    conversation_id: int
    user_id: int
    is_typing: bool
    expires_in: int  # seconds after which to forget it

    def wires(self) -> Iterator[Wire]:
        payload = {
            "conversation_id": self.conversation_id,
            "user_id": self.user_id,
            "is_typing": self.is_typing,
            "expires_in": self.expires_in,
        }
        yield Wire(
            MARKETPLACE,
            "typing",
            payload,
            (joined(self.conversation_id),),
            except_room=person(self.user_id),
        )


@dataclass(slots=True, kw_only=True)
class PresenceChanged(Event):
    """Someone came or went; ``audience`` are the people who share a conversation with them."""

    user_id: int
    online: bool
    last_seen_at: str | None
    audience: frozenset[int]

    def wires(self) -> Iterator[Wire]:
        name = "user_online" if self.online else "user_offline"
        payload = {"user_id": self.user_id, "last_seen_at": self.last_seen_at}
        yield Wire(MARKETPLACE, name, payload, _people(self.audience))


# Told to one connection by its own greenlet, not to a room: named here so that the catalogue of
# server events is whole.
READY = "ready"
ERROR = "error"
TOKEN_EXPIRING = "token_expiring"  # noqa: S105  (a name, not a password)
SESSION_ENDED = "session_ended"


def _people(user_ids: frozenset[int]) -> tuple[Room, ...]:
    return tuple(person(user_id) for user_id in sorted(user_ids))


def _both(about: Payload, one: str, other: str) -> tuple[Room, ...]:
    return _people(frozenset({about[one]["id"], about[other]["id"]}))


def _previous(status: str | None) -> Payload:
    return {} if status is None else {"previous_status": status}
