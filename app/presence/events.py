"""Events of presence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.presence.objects import PresenceNotice
from app.realtime.event import Event, people
from app.realtime.wire import MARKETPLACE, ServerEvent, Wire

USER_ONLINE = ServerEvent(MARKETPLACE, "user_online", PresenceNotice)
USER_OFFLINE = ServerEvent(MARKETPLACE, "user_offline", PresenceNotice)


@dataclass(slots=True, kw_only=True)
class PresenceChanged(Event):
    """A user came online or went offline; ``audience`` are the users who share a conversation."""

    user_id: int
    online: bool
    last_seen_at: str | None
    audience: frozenset[int]

    def wires(self) -> Iterator[Wire]:
        event = USER_ONLINE if self.online else USER_OFFLINE
        payload = {"user_id": self.user_id, "last_seen_at": self.last_seen_at}
        yield Wire(event, payload, people(self.audience))
