"""Events of conversations: opened or changed, and removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.conversations import objects
from app.realtime.event import Event, Payload
from app.realtime.wire import MARKETPLACE, ServerEvent, Wire, person

CONVERSATION_UPDATED = ServerEvent(MARKETPLACE, "conversation_updated", objects.ConversationUpdated)
CONVERSATION_REMOVED = ServerEvent(MARKETPLACE, "conversation_removed", objects.ConversationRemoved)


@dataclass(slots=True, kw_only=True)
class ConversationUpdated(Event):
    """A conversation was opened or changed; ``views`` holds it as each reader sees it."""

    views: Mapping[int, Payload]

    def wires(self) -> Iterator[Wire]:
        for user_id, conversation in self.views.items():
            payload = {"conversation": conversation, "revision": self.revision}
            yield Wire(CONVERSATION_UPDATED, payload, (person(user_id),))

    def lists_changed(self) -> frozenset[int]:
        return frozenset(self.views)


@dataclass(slots=True, kw_only=True)
class ConversationRemoved(Event):
    """A user was removed from a conversation; their connections leave it at once."""

    conversation_id: int
    user_id: int

    def wires(self) -> Iterator[Wire]:
        payload = {"conversation_id": self.conversation_id, "revision": self.revision}
        yield Wire(CONVERSATION_REMOVED, payload, (person(self.user_id),))

    def lists_changed(self) -> frozenset[int]:
        return frozenset({self.user_id})

    def expels(self) -> list[tuple[int, int]]:
        return [(self.conversation_id, self.user_id)]
