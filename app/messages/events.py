"""Events of messages: sent, read, edited, deleted, and typing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.conversations.unread import Unread
from app.messages import objects
from app.realtime.event import Event, Payload, people
from app.realtime.wire import (
    MARKETPLACE,
    TALEMY,
    PersonalWire,
    ServerEvent,
    Wire,
    camelize,
    joined,
    person,
)

NEW_MESSAGE = ServerEvent(MARKETPLACE, "new_message", objects.NewMessage)
MESSAGE_NOTIFICATION = ServerEvent(MARKETPLACE, "message_notification", objects.MessageNotification)
MESSAGES_READ = ServerEvent(MARKETPLACE, "messages_read", objects.ReadMark)
MESSAGE_DELETED = ServerEvent(MARKETPLACE, "message_deleted", objects.MessageDeleted)
MESSAGE_EDITED = ServerEvent(MARKETPLACE, "message_edited", objects.MessageEdited)
TYPING = ServerEvent(MARKETPLACE, "typing", objects.TypingNotice)
TALEMY_NEW_MESSAGE = ServerEvent(TALEMY, "message:new", objects.TalemyNewMessage)
TALEMY_SENT_MESSAGE = ServerEvent(TALEMY, "message:sent", objects.TalemySentMessage)


@dataclass(slots=True, kw_only=True)
class MessageSent(Event):
    """A new message. ``others`` are all participants except the sender.

    ``unread_of`` is called only for participants who are connected.
    """

    message: Payload
    others: frozenset[int]
    unread_of: Callable[[int], Unread]

    def wires(self) -> Iterator[Wire | PersonalWire]:
        room, sender = joined(self.message["conversation_id"]), person(self.message["sender"]["id"])
        told = {"message": self.message, "revision": self.revision}
        yield Wire(NEW_MESSAGE, told, (room,))
        yield PersonalWire(MESSAGE_NOTIFICATION, self._notification, self.others, room)
        yield PersonalWire(TALEMY_NEW_MESSAGE, self._new, self.others)
        yield Wire(TALEMY_SENT_MESSAGE, self._sent, (sender,))

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
        yield Wire(MESSAGES_READ, payload, rooms)

    def lists_changed(self) -> frozenset[int]:
        return self.participant_ids


@dataclass(slots=True, kw_only=True)
class MessageDeleted(Event):
    """A message became a tombstone, for everyone or for one user."""

    conversation_id: int
    message_id: int
    seq: int
    scope: str
    deleted_by: int
    deleted_at: str
    audience: frozenset[int]  # all participants, or the one user

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
        yield Wire(MESSAGE_DELETED, payload, people(self.audience))

    def lists_changed(self) -> frozenset[int]:
        return self.audience


@dataclass(slots=True, kw_only=True)
class MessageEdited(Event):
    """A message was edited; ``audience`` are the users who see it as ``message``."""

    message: Payload
    audience: frozenset[int]

    def wires(self) -> Iterator[Wire]:
        payload = {"message": self.message, "revision": self.revision}
        yield Wire(MESSAGE_EDITED, payload, people(self.audience))

    def lists_changed(self) -> frozenset[int]:
        return self.audience


@dataclass(slots=True, kw_only=True)
class TypingChanged(Event):
    """A participant began or stopped typing. Never stored."""

    conversation_id: int
    user_id: int
    is_typing: bool
    expires_in: int  # seconds until recipients drop it

    def wires(self) -> Iterator[Wire]:
        payload = {
            "conversation_id": self.conversation_id,
            "user_id": self.user_id,
            "is_typing": self.is_typing,
            "expires_in": self.expires_in,
        }
        yield Wire(
            TYPING,
            payload,
            (joined(self.conversation_id),),
            except_room=person(self.user_id),
        )
