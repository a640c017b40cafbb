"""The effects of events on connections, in a shape that also travels between processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from app.realtime.event import Event
from app.realtime.wire import SERVER_EVENTS, PersonalWire, Wire

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Announcement:
    """The messages of one event, the users who leave a room, and the sessions that end."""

    wires: list[Wire | PersonalWire]
    expelled: list[tuple[int, int]] = field(default_factory=list)  # (conversation id, user id)
    ended_sessions: list[str] = field(default_factory=list)

    def as_dict(self, online_among: Callable[[Iterable[int]], set[int]]) -> dict[str, Any]:
        """Returns a dictionary for JSON. Other processes cannot compute payloads, so this one does, for
        the users who are online somewhere (*online_among*).
        """
        wires = [single for wire in self.wires for single in _single(wire, online_among)]
        return {
            "wires": [_wire_as_dict(wire) for wire in wires],
            "expelled": self.expelled,
            "ended_sessions": self.ended_sessions,
        }


class Publication:
    """The events of one commit (``first < revision <= last``), or of none (0, 0)."""

    __slots__ = ("_announcements", "events", "first", "last")

    def __init__(self, events: list[Event], first: int = 0, last: int = 0) -> None:
        self.events = events
        self.first = first
        self.last = last
        self._announcements: list[Announcement] | None = None

    @property
    def announcements(self) -> list[Announcement]:
        """The announcements of the events, made once; an event that fails has none."""
        if self._announcements is None:
            announced = map(_announce_safely, self.events)
            self._announcements = [announcement for announcement in announced if announcement]
        return self._announcements


class PublicationListener(Protocol):
    """Receives every publication of this process, on the event loop."""

    def published(self, publication: Publication) -> None:
        """Acts on the events, after their commit."""


def announce(event: Event) -> Announcement:
    """Returns the announcement of an event."""
    return Announcement(list(event.wires()), event.expels(), event.ends_sessions())


def _announce_safely(event: Event) -> Announcement | None:
    try:
        return announce(event)
    except Exception:
        log.exception("event_not_announced", event_type=type(event).__name__)
        return None


def _single(
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


def _wires_from_dicts(wires: Iterable[dict[str, Any]]) -> Iterator[Wire]:
    """Yields the messages, without those that only a newer version of another process knows."""
    for data in wires:
        event = SERVER_EVENTS.get((data["namespace"], data["event"]))
        if event is None:
            log.warning("unknown_event_skipped", event_name=data["event"])
            continue
        yield Wire(event, data["payload"], tuple(data["rooms"]), data["except_room"])


def from_dict(data: dict[str, Any]) -> Announcement:
    """Returns the announcement that :meth:`Announcement.as_dict` described."""
    return Announcement(
        list(_wires_from_dicts(data["wires"])),
        [(int(conversation_id), int(user_id)) for conversation_id, user_id in data["expelled"]],
        list(data["ended_sessions"]),
    )


def lists_changed(events: Iterable[Event]) -> set[int]:
    """Returns the users whose conversation list changed."""
    changed: set[int] = set()
    for event in events:
        try:
            changed |= event.lists_changed()
        except Exception:  # the lists of the other events must be dropped all the same
            log.exception("lists_not_dropped", event_type=type(event).__name__)
    return changed
