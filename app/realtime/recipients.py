"""Caches the recipients of consecutive personal messages to the same users.

Messages that shared a commit have the same recipients, and each of these would be checked for having
joined the conversation, once per message (``docs/decisions/0021-what-a-send-costs.md``).
"""

from __future__ import annotations

from app.realtime.connection import Connection, connections
from app.realtime.rooms import Rooms
from app.realtime.wire import PersonalWire, Room

FEW = 8  # of fewer users, a look-up costs less than the cache
Recipients = dict[int, list[Connection]]  # by user


class RecipientCache:
    """Remembers recipients until a connection opens, closes, joins or leaves."""

    __slots__ = ("_as_of", "_rooms", "_seen")

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._as_of = (0, 0)
        self._seen: dict[tuple[str, frozenset[int], Room | None], Recipients] = {}

    def of(self, wire: PersonalWire) -> Recipients:
        """Returns the connections of the message's users, without those in the excepted room."""
        key = wire.event.namespace, wire.people, wire.except_room
        if len(wire.people) < FEW:
            return self._find(*key)
        as_of = connections.changes, self._rooms.changes
        if as_of != self._as_of:
            self._seen.clear()
            self._as_of = as_of
        recipients = self._seen.get(key)
        if recipients is None:
            recipients = self._seen[key] = self._find(*key)
        return recipients

    def forget(self) -> None:
        """Drops the cache: the next messages are for others."""
        self._seen.clear()

    def _find(self, namespace: str, people: frozenset[int], except_room: Room | None) -> Recipients:
        skipped = () if except_room is None else self._rooms.members(namespace, except_room)
        return connections.reached(namespace, people, skipped)
