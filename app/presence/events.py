"""Events of presence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.realtime.event import Event, people
from app.realtime.wire import MARKETPLACE, Wire


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
        yield Wire(MARKETPLACE, name, payload, people(self.audience))
