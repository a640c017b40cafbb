"""The Socket.IO server: Flask-SocketIO's, with our dispatch and our transport under it.

Who may connect is decided by :attr:`SocketIOServer.admit` (``app/accounts/sockets.py``), without a
Flask request context. Every other client event goes to :mod:`app.realtime.dispatch`, which knows
whether the client asked for an acknowledgement, and cannot be reached under a reserved name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from typing import Any

import flask_socketio
import orjson
import socketio
from flask import Flask
from socketio import packet

from app.realtime.packet_writer import PacketWriter, Recipients
from app.realtime.rooms import Rooms
from app.realtime.wire import MARKETPLACE, TALEMY, Room, Wire
from app.transport.engineio.engine import Engine

# The largest packet with an event in it, as PROTOCOL states it; the frame below may be a little larger.
MAX_EVENT_BYTES = 64 * 1024

NAMESPACES = (MARKETPLACE, TALEMY)
_PREFIXES = {MARKETPLACE: "", TALEMY: f"{TALEMY},"}  # of what is said in them

# https://socket.io/docs/v4/socket-io-protocol/#packet-encoding, as far as the payload.
_EVENT_HEAD = re.compile(
    r"[256](?:\d{1,9}-)?(?:(?P<namespace>/[^,?]*)[^,]*,)?(?P<ack_id>\d{1,15})?", re.ASCII
)
# The usual event, without attachments or a query behind the namespace: namespace, ack id, name.
_PLAIN_EVENT = re.compile(r'2(?:(/[a-z]+),)?(\d{1,15})?\["([A-Za-z_:]{1,40})"', re.ASCII)

EventHandler = Callable[[str, str, int | None, Any, int], None]


class SocketIOServer(socketio.Server):  # type: ignore[misc]  # untyped library
    """python-socketio's server with one door for events and one way out for messages."""

    manager: Rooms
    admit: Callable[[str, str, dict[str, Any], Any], None]  # (namespace, sid, handshake, auth)
    accepted: Callable[[str, str, str], None]  # (namespace, sid, eio_sid), after CONNECT has left
    closed: Callable[[str, str], None]  # (namespace, sid)
    received: EventHandler  # (namespace, sid, ack id, data, size in bytes)
    never_waits: Callable[[str, str, str], bool]  # (namespace, sid, name of an event)

    def __init__(self, **options: Any) -> None:
        options = {**options, "client_manager": Rooms(), "namespaces": NAMESPACES}
        super().__init__(**options)
        self.eio.handle_inline = self._handle_inline
        self._packets = PacketWriter(self.eio.shed)

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    # --- to clients

    def deliver(self, wire: Wire, only: Room | None = None) -> None:
        """Encode a message once for everybody it is for, or those of them who are in the room
        ``only``. It leaves with :meth:`hand_over` at the latest.
        """
        recipients = self._recipients(wire, only)
        if recipients:
            self._packets.add(
                _event(wire.event.namespace, wire.event.name, wire.content()), recipients
            )

    def hand_over(self) -> None:
        """Hand what has been delivered to the transports."""
        self._packets.hand_over()

    def send(
        self, namespace: str, event: str, payload: dict[str, Any], eio_sids: Iterable[str]
    ) -> None:
        """Send one message to some connections."""
        found = map(self.eio.sockets.get, eio_sids)
        to = [socket for socket in found if socket is not None]
        self._packets.send(_event(namespace, event, payload), to)

    def members(self, namespace: str, room: Room | None) -> Container[str]:
        """The ids of those in a room."""
        return () if room is None else self.manager.members(namespace, room)

    def acknowledge(
        self, namespace: str, eio_sid: str, ack_id: int, answer: dict[str, Any]
    ) -> None:
        """Answer one event of a client."""
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None:
            head = f"3{_PREFIXES[namespace]}{ack_id}".encode()
            self._packets.send(head + orjson.dumps([answer]), [socket])

    def _recipients(self, wire: Wire, only: Room | None) -> Recipients:
        rooms = [self.manager.members(wire.event.namespace, room) for room in wire.rooms]
        found = rooms[0] if len(rooms) == 1 else {s: e for room in rooms for s, e in room.items()}
        if found and only is not None:
            there = self.manager.members(wire.event.namespace, only)
            found = {sid: found[sid] for sid in there if sid in found}
        if found and wire.except_room is not None:
            skipped = self.manager.members(wire.event.namespace, wire.except_room)
            found = {sid: socket for sid, socket in found.items() if sid not in skipped}
        return found

    # --- from clients

    def _trigger_event(self, event: str, namespace: str, *args: Any) -> Any:
        """python-socketio's two events; all others have gone to :attr:`received`."""
        if event == "connect":
            sid, handshake, auth = args
            return self.admit(namespace, sid, handshake, auth)
        return self.closed(namespace, args[0])

    def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        namespace = namespace or MARKETPLACE
        if self.manager.sid_from_eio_sid(eio_sid, namespace) is not None:
            return  # connected already; a second CONNECT must not confuse the first
        if namespace not in NAMESPACES:
            # python-socketio's own refusal has no message where JavaScript's client looks for it.
            refusal = self.packet_class(
                packet.CONNECT_ERROR, data={"message": "Invalid namespace"}, namespace=namespace
            )
            self._send_packet(eio_sid, refusal)
            return
        super()._handle_connect(eio_sid, namespace, data if isinstance(data, dict) else None)
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is not None and self.manager.is_connected(sid, namespace):
            self.accepted(namespace, sid, eio_sid)

    def _handle_inline(self, eio_sid: str, data: str | bytes) -> bool:
        """Handle an event in the event loop itself, if it is one that never waits."""
        if isinstance(data, bytes) or (head := _PLAIN_EVENT.match(data)) is None:
            return False
        space, ack_id, name = head.groups()
        namespace = space or MARKETPLACE
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is None or not self.never_waits(namespace, sid, name):
            return False
        start = data.index("[")
        encoded = data[start:].encode("utf-8", "surrogatepass")
        try:
            found = orjson.loads(encoded)
        except ValueError:
            return False  # the other way knows what to answer
        size = start + len(encoded)
        self.received(namespace, sid, None if ack_id is None else int(ack_id), found, size)
        return True

    def _handle_event(
        self, eio_sid: str, namespace: str | None, ack_id: int | None, data: Any
    ) -> None:
        namespace = namespace or MARKETPLACE
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is not None and self.manager.is_connected(sid, namespace):
            self.received(namespace, sid, ack_id, data, self._size)

    def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """Read one Socket.IO packet. Binary attachments do not exist in our protocol."""
        # Read at once by _handle_event, before anything yields.
        self._size = len(data.encode()) if isinstance(data, str) else len(data)
        try:
            if isinstance(data, str) and data[:1] not in ("5", "6"):
                super()._handle_eio_message(eio_sid, data)
            elif isinstance(data, str):
                parsed = self.packet_class(encoded_packet=data)
                self._handle_event(eio_sid, parsed.namespace, parsed.id, None)
        except (ValueError, TypeError, LookupError, AttributeError):
            self._handle_event(eio_sid, *_addressee(data), None)
            raise  # the transport counts these, and closes a session that sends too many


def _event(namespace: str, event: str, payload: dict[str, Any]) -> bytes:
    """An EVENT packet; https://socket.io/docs/v4/socket-io-protocol/#packet-encoding."""
    return f"2{_PREFIXES[namespace]}".encode() + orjson.dumps([event, payload])


def _addressee(data: str | bytes) -> tuple[str | None, int | None]:
    """The namespace and acknowledgement id of an event whose content cannot be read: its client
    waits for an answer all the same. JavaScript, for one, can send half a surrogate pair.
    """
    head = _EVENT_HEAD.match(data) if isinstance(data, str) else None
    if head is None:
        return None, None
    return head["namespace"], None if head["ack_id"] is None else int(head["ack_id"])


class SocketIO(flask_socketio.SocketIO):  # type: ignore[misc]  # untyped library
    """Flask-SocketIO around :class:`SocketIOServer`."""

    server: SocketIOServer

    def init_app(self, app: Flask, **options: Any) -> None:
        """Bind to the application."""
        super().init_app(app, **options)
        # Flask-SocketIO offers no way to name the server class, so its server, which has not
        # served anything yet, is replaced by ours with the same options.
        self.server = SocketIOServer(**self.server_options)
        self.sockio_mw.engineio_app = self.server
