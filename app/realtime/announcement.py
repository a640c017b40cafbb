"""What one event means for connections, in a shape that also travels between processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.realtime.event import Event
from app.realtime.wire import SERVER_EVENTS, PersonalWire, Wire


@dataclass(slots=True)
class Announcement:
    """The messages of one event, and who is to leave a room or to be closed because of it."""

    wires: list[Wire | PersonalWire]
    expelled: list[tuple[int, int]] = field(default_factory=list)  # (conversation id, user id)
    ended_sessions: list[str] = field(default_factory=list)

    def as_dict(self, online_among: Callable[[Iterable[int]], set[int]]) -> dict[str, Any]:
        """For JSON. Other processes cannot ask for payloads: those of people who are online
        somewhere, as *online_among* says, are worked out here.
        """
        wires = [one for wire in self.wires for one in _each(wire, online_among)]
        return {
            "wires": [_wire_as_dict(wire) for wire in wires],
            "expelled": self.expelled,
            "ended_sessions": self.ended_sessions,
        }


def announce(event: Event) -> Announcement:
    """Ask an event what it means."""
    return Announcement(list(event.wires()), event.expels(), event.ends_sessions())


def _each(
    wire: Wire | PersonalWire, online_among: Callable[[Iterable[int]], set[int]]
) -> list[Wire]:
    if isinstance(wire, Wire):
        return [wire]
    return [wire.to(user_id) for user_id in sorted(online_among(wire.people))]


def _wire_as_dict(wire: Wire) -> dict[str, Any]:
    return {
        "namespace": wire.event.namespace,
        "event": wire.event.name,
        "payload": wire.content(),
        "rooms": wire.rooms,
        "except_room": wire.except_room,
    }


def _wire_from_dict(data: dict[str, Any]) -> Wire:
    event = SERVER_EVENTS[data["namespace"], data["event"]]
    return Wire(event, data["payload"], tuple(data["rooms"]), data["except_room"])


def from_dict(data: dict[str, Any]) -> Announcement:
    """The inverse of :meth:`Announcement.as_dict`."""
    return Announcement(
        [_wire_from_dict(wire) for wire in data["wires"]],
        [(int(conversation_id), int(user_id)) for conversation_id, user_id in data["expelled"]],
        list(data["ended_sessions"]),
    )


def lists_changed(events: Iterable[Event]) -> set[int]:
    """People whose conversation list changed."""
    changed: set[int] = set()
    for event in events:
        changed |= event.lists_changed()
    return changed
