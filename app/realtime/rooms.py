"""Who is in which room of which namespace.

python-socketio's manager keeps two-way dictionaries per room and walks every room there is when
somebody leaves; with thousands of connections that is most of a reconnect storm. Same interface,
plain dictionaries, and nothing that grows with the number of rooms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from socketio.manager import Manager

from app.realtime.packet_writer import NOBODY, Recipients

if TYPE_CHECKING:
    from app.transport.engineio.session import EngineSession

Room = str
Members = dict[str, str]  # Socket.IO id → Engine.IO id


class Space:
    """One namespace."""

    __slots__ = ("entered", "members", "rooms", "sids", "unsettled")

    def __init__(self) -> None:
        self.members: Members = {}
        self.sids: dict[str, str] = {}  # Engine.IO id → Socket.IO id
        self.rooms: dict[Room, dict[str, EngineSession]] = {}
        self.entered: dict[str, list[Room]] = {}
        self.unsettled: set[str] = set()  # about to be accepted, or about to be gone

    def leave(self, sid: str, room: Room) -> None:
        """Take a connection out of a room, and forget the room with the last of them."""
        members = self.rooms.get(room)
        if members is not None and members.pop(sid, None) is not None and not members:
            del self.rooms[room]

    def forget(self, sid: str) -> None:
        """Take a connection out of everything."""
        for room in self.entered.pop(sid, ()):
            self.leave(sid, room)
        self.unsettled.discard(sid)
        eio_sid = self.members.pop(sid, None)
        if eio_sid is not None:
            self.sids.pop(eio_sid, None)


NOWHERE = Space()  # what a namespace nobody has connected to looks like


class Rooms(Manager):  # type: ignore[misc]  # untyped library
    """python-socketio's client manager for one process."""

    def __init__(self) -> None:
        super().__init__()
        self._spaces: dict[str, Space] = {}
        self.changes = 0  # how often somebody has entered a room or left one

    def _space(self, namespace: str) -> Space:
        return self._spaces.get(namespace, NOWHERE)

    def members(self, namespace: str, room: Room) -> Recipients:
        """Everybody in a room; the same dictionary for as long as somebody is in it."""
        return self._space(namespace).rooms.get(room, NOBODY)

    # --- the interface of python-socketio's managers

    def get_namespaces(self) -> Iterable[str]:
        """The namespaces somebody has connected to."""
        return list(self._spaces)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """Pairs of Socket.IO and Engine.IO ids: of everybody, of one connection, of rooms."""
        space = self._space(namespace)
        if room is None:
            yield from list(space.members.items())
        elif isinstance(room, str):
            yield from list(self._found(space, room).items())
        else:
            found = {sid: eio for one in room for sid, eio in self._found(space, one).items()}
            yield from found.items()

    @staticmethod
    def _found(space: Space, room: Room) -> Members:
        if room in space.members:
            return {room: space.members[room]}
        return {sid: socket.sid for sid, socket in space.rooms.get(room, NOBODY).items()}

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """A client asks to connect; ``None`` if it has connected to this namespace before."""
        space = self._spaces.setdefault(namespace, Space())
        if eio_sid in space.sids:
            return None
        sid: str = self.server.eio.generate_id()
        space.members[sid] = eio_sid
        space.sids[eio_sid] = sid
        space.unsettled.add(sid)
        return sid

    def connect(self, sid: str, namespace: str) -> str:
        """It has been accepted."""
        self._space(namespace).unsettled.discard(sid)
        return sid

    def is_connected(self, sid: str | None, namespace: str) -> bool:
        """Whether it has been accepted and is not about to go."""
        space = self._space(namespace)
        return sid in space.members and sid not in space.unsettled

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        """The Socket.IO id of a transport in a namespace."""
        return self._space(namespace).sids.get(eio_sid)

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        """The transport of a connection."""
        return self._space(namespace).members.get(sid)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        """It is about to go; its handler may still ask for it."""
        space = self._space(namespace)
        space.unsettled.add(sid)
        return space.members.get(sid)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        """It is gone."""
        self.changes += 1
        self._space(namespace).forget(sid)
        self.callbacks.pop(sid, None)

    def basic_enter_room(
        self, sid: str, namespace: str, room: Room, eio_sid: str | None = None
    ) -> None:
        """Put a connection into a room; one that has gone meanwhile stays out."""
        space = self._space(namespace)
        socket = self.server.eio.sockets.get(space.members.get(sid))
        if socket is None:
            return
        members = space.rooms.setdefault(room, {})
        if sid not in members:
            self.changes += 1
            members[sid] = socket
            space.entered.setdefault(sid, []).append(room)

    def basic_leave_room(self, sid: str, namespace: str, room: Room) -> None:
        """Take a connection out of a room."""
        space = self._space(namespace)
        self.changes += 1
        space.leave(sid, room)
        entered = space.entered.get(sid)
        if entered is not None and room in entered:
            entered.remove(room)

    def basic_close_room(self, room: Room, namespace: str) -> None:
        """Take everybody out of a room."""
        for sid in list(self.members(namespace, room)):
            self.basic_leave_room(sid, namespace, room)

    def get_rooms(self, sid: str, namespace: str) -> list[Room]:
        """The rooms a connection is in."""
        return list(self._space(namespace).entered.get(sid, ()))
