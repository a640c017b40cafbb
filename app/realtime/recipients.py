"""Whom a personal message reaches, found once for all that is told to the same people in a row.

Messages to a group that shared a commit are for the same people, and each of them is asked whether
they have joined: in a room of a thousand that was six hundredths of what a message cost.
"""

from __future__ import annotations

from app.realtime.connection import Connection, connections
from app.realtime.rooms import Rooms
from app.realtime.wire import PersonalWire, Room

FEW = 8  # of fewer people it costs less to look again
Told = dict[int, list[Connection]]  # by person


class RecipientCache:
    """Remembers whom it has found for as long as nobody comes, goes, joins or leaves."""

    __slots__ = ("_as_of", "_found", "_rooms")

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._as_of = (0, 0)
        self._found: dict[tuple[str, frozenset[int], Room | None], Told] = {}

    def of(self, wire: PersonalWire) -> Told:
        """The connections of the people it is for, but for those in the room it leaves out."""
        key = wire.event.namespace, wire.people, wire.except_room
        if len(wire.people) < FEW:
            return self._find(*key)
        as_of = connections.changes, self._rooms.changes
        if as_of != self._as_of:
            self._found.clear()
            self._as_of = as_of
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._find(*key)
        return found

    def forget(self) -> None:
        """What comes next is about others."""
        self._found.clear()

    def _find(self, namespace: str, people: frozenset[int], except_room: Room | None) -> Told:
        skipped = () if except_room is None else self._rooms.members(namespace, except_room)
        return connections.reached(namespace, people, skipped)
