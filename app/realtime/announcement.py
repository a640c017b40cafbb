"""What one event means for connections, in a shape that also travels between processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.accounts.events import SessionsEnded
from app.conversations.events import ConversationRemoved
from app.realtime.event import Event
from app.realtime.wire import PersonalWire, Wire


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
        told = [asdict(replace(wire, payload=wire.content())) for wire in wires]
        return {"wires": told, "expelled": self.expelled, "ended_sessions": self.ended_sessions}


def announce(event: Event) -> Announcement:
    """Ask an event what it means."""
    expelled, ended = [], []
    if isinstance(event, ConversationRemoved):
        expelled = [(event.conversation_id, event.user_id)]
    elif isinstance(event, SessionsEnded):
        ended = sorted(event.session_ids)
    return Announcement(list(event.wires()), expelled, ended)


def _each(
    wire: Wire | PersonalWire, online_among: Callable[[Iterable[int]], set[int]]
) -> list[Wire]:
    if isinstance(wire, Wire):
        return [wire]
    return [wire.to(user_id) for user_id in sorted(online_among(wire.people))]


def from_dict(data: dict[str, Any]) -> Announcement:
    """The inverse of :meth:`Announcement.as_dict`."""
    return Announcement(
        [Wire(**{**wire, "rooms": tuple(wire["rooms"])}) for wire in data["wires"]],
        [(int(conversation_id), int(user_id)) for conversation_id, user_id in data["expelled"]],
        list(data["ended_sessions"]),
    )


def lists_changed(events: Iterable[Event]) -> set[int]:
    """People whose conversation list changed."""
    changed: set[int] = set()
    for event in events:
        changed |= event.lists_changed()
    return changed
