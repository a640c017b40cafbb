"""The rooms of each namespace and their members.

python-socketio's manager keeps two-way dictionaries per room and iterates over all rooms when a
client disconnects; with thousands of connections, this dominates a reconnect storm. Same interface,
plain dictionaries, and no cost that grows with the number of rooms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from socketio.manager import Manager

from app.realtime.packet_writer import NO_MEMBERS, Members

if TYPE_CHECKING:
    from app.transport.engineio.session import EngineSession

Room = str
EioSids = dict[str, str]  # Socket.IO id → Engine.IO id


class Space:
    """One namespace."""

    __slots__ = ("entered", "members", "rooms", "sids", "unsettled")

    def __init__(self) -> None:
        self.members: EioSids = {}
        self.sids: dict[str, str] = {}  # Engine.IO id → Socket.IO id
        self.rooms: dict[Room, dict[str, EngineSession]] = {}
        self.entered: dict[str, list[Room]] = {}
        self.unsettled: set[str] = set()  # connecting or disconnecting

    def leave(self, sid: str, room: Room) -> None:
        """Removes a connection from a room, and the room with its last member."""
        members = self.rooms.get(room)
        if members is not None and members.pop(sid, None) is not None and not members:
            del self.rooms[room]

    def forget(self, sid: str) -> None:
        """Removes a connection from the namespace and its rooms."""
        for room in self.entered.pop(sid, ()):
            self.leave(sid, room)
        self.unsettled.discard(sid)
        eio_sid = self.members.pop(sid, None)
        if eio_sid is not None:
            self.sids.pop(eio_sid, None)


NOWHERE = Space()  # stands for a namespace without connections


class Rooms(Manager):  # type: ignore[misc]  # untyped library
    """python-socketio's client manager for one process."""

    def __init__(self) -> None:
        super().__init__()
        self._spaces: dict[str, Space] = {}
        self.changes = 0  # rooms entered and left so far

    def _space(self, namespace: str) -> Space:
        return self._spaces.get(namespace, NOWHERE)

    def members(self, namespace: str, room: Room) -> Members:
        """Returns the members of a room; the same dictionary for as long as it has any."""
        return self._space(namespace).rooms.get(room, NO_MEMBERS)

    # --- the interface of python-socketio's managers

    def get_namespaces(self) -> Iterable[str]:
        """Returns the namespaces that clients have connected to."""
        return list(self._spaces)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """Yields pairs of Socket.IO and Engine.IO ids: of a room, of several, or of all connections."""
        space = self._space(namespace)
        if room is None:
            yield from list(space.members.items())
        elif isinstance(room, str):
            yield from list(self._ids(space, room).items())
        else:
            ids = {sid: eio for name in room for sid, eio in self._ids(space, name).items()}
            yield from ids.items()

    @staticmethod
    def _ids(space: Space, room: Room) -> EioSids:
        if room in space.members:
            return {room: space.members[room]}
        members = space.rooms.get(room, NO_MEMBERS)
        return {sid: engine_session.sid for sid, engine_session in members.items()}

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """Returns an id for a client that connects; ``None`` if it is connected to the namespace."""
        space = self._spaces.setdefault(namespace, Space())
        if eio_sid in space.sids:
            return None
        sid: str = self.server.eio.generate_id()
        space.members[sid] = eio_sid
        space.sids[eio_sid] = sid
        space.unsettled.add(sid)
        return sid

    def connect(self, sid: str, namespace: str) -> str:
        """Marks a connection as accepted."""
        self._space(namespace).unsettled.discard(sid)
        return sid

    def is_connected(self, sid: str | None, namespace: str) -> bool:
        """Whether a connection is accepted and not disconnecting."""
        space = self._space(namespace)
        return sid in space.members and sid not in space.unsettled

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        """Returns the Socket.IO id of a transport in a namespace."""
        return self._space(namespace).sids.get(eio_sid)

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        """Returns the Engine.IO id of a connection."""
        return self._space(namespace).members.get(sid)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        """Marks a connection as disconnecting; its handler may still look it up."""
        space = self._space(namespace)
        space.unsettled.add(sid)
        return space.members.get(sid)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        """Removes a connection."""
        self.changes += 1
        self._space(namespace).forget(sid)
        self.callbacks.pop(sid, None)

    def basic_enter_room(
        self, sid: str, namespace: str, room: Room, eio_sid: str | None = None
    ) -> None:
        """Adds a connection to a room, unless it has ended meanwhile."""
        space = self._space(namespace)
        engine_session = self.server.eio.sockets.get(space.members.get(sid))
        if engine_session is None:
            return
        members = space.rooms.setdefault(room, {})
        if sid not in members:
            self.changes += 1
            members[sid] = engine_session
            space.entered.setdefault(sid, []).append(room)

    def basic_leave_room(self, sid: str, namespace: str, room: Room) -> None:
        """Removes a connection from a room."""
        space = self._space(namespace)
        self.changes += 1
        space.leave(sid, room)
        entered = space.entered.get(sid)
        if entered is not None and room in entered:
            entered.remove(room)

    def basic_close_room(self, room: Room, namespace: str) -> None:
        """Removes every member of a room."""
        for sid in list(self.members(namespace, room)):
            self.basic_leave_room(sid, namespace, room)

    def get_rooms(self, sid: str, namespace: str) -> list[Room]:
        """Returns the rooms of a connection."""
        return list(self._space(namespace).entered.get(sid, ()))
