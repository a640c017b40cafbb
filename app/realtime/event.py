"""The base of all domain events.

A command returns events; the publisher asks each for its :class:`Wire` messages. The events of a
feature are in its ``events.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.contract.answers import EventError, SessionEnded, TokenExpiring
from app.realtime.wire import (
    PersonalWire,
    Room,
    Wire,
    on_every_namespace,
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
        """Returns the users whose conversation list is out of date."""
        return frozenset()

    def expels(self) -> list[tuple[int, int]]:
        """Returns pairs of a conversation's id and a user's, whose connections leave its room."""
        return []

    def ends_sessions(self) -> list[str]:
        """Returns the sign-in sessions whose connections receive ``session_ended`` and are closed."""
        return []


# Sent to single connections by the layer itself.
ERROR = on_every_namespace("error", EventError)
TOKEN_EXPIRING = on_every_namespace("token_expiring", TokenExpiring)
SESSION_ENDED = on_every_namespace("session_ended", SessionEnded)


def people(user_ids: frozenset[int]) -> tuple[Room, ...]:
    """Returns the rooms of some users."""
    return tuple(person(user_id) for user_id in sorted(user_ids))


def both(about: Payload, one: str, other: str) -> tuple[Room, ...]:
    """Returns the rooms of the two users under the keys ``one`` and ``other``."""
    return people(frozenset({about[one]["id"], about[other]["id"]}))


def previous(status: str | None) -> Payload:
    """Returns ``previous_status``, or nothing when it is not known."""
    return {} if status is None else {"previous_status": status}
