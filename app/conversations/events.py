"""Events of conversations: opened or changed, and removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.realtime.event import Event, Payload
from app.realtime.wire import MARKETPLACE, Wire, person


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
