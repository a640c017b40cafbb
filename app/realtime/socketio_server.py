"""The Socket.IO server: Flask-SocketIO's, between the dispatch of events and the transport.

:class:`ConnectionGate` decides about connections, without a Flask request context. Every other client
event goes to :class:`EventReceiver` with the id of the acknowledgement that the client wants, and
cannot be reached under a reserved name.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import Any, Protocol

import flask_socketio
import orjson
import socketio
from flask import Flask
from socketio import packet

from app.realtime.packet_writer import Members, PacketWriter
from app.realtime.rooms import Rooms
from app.realtime.wire import MARKETPLACE, NAMESPACES, TALEMY, Room, Wire
from app.transport.engineio.engine import Engine
from app.transport.engineio.protocols import EngineListener

# The largest packet with an event, as docs/protocol.md states it; its frame may be slightly larger.
MAX_EVENT_BYTES = 64 * 1024

_PREFIXES = {MARKETPLACE: "", TALEMY: f"{TALEMY},"}  # of their packets

# https://socket.io/docs/v4/socket-io-protocol/#packet-encoding, as far as the payload.
_EVENT_HEAD = re.compile(
    r"[256](?:\d{1,9}-)?(?:(?P<namespace>/[^,?]*)[^,]*,)?(?P<ack_id>\d{1,15})?", re.ASCII
)
# The usual event, without attachments or a query after the namespace: namespace, ack id, name.
_PLAIN_EVENT = re.compile(r'2(?:(/[a-z]+),)?(\d{1,15})?\["([A-Za-z_:]{1,40})"', re.ASCII)


class ConnectionGate(Protocol):
    """Decides about connections: :class:`app.accounts.sockets.Admission`."""

    def admit(self, namespace: str, sid: str, handshake: dict[str, Any], auth: Any) -> None:
        """Accepts a connection, or refuses it by raising ``ConnectionRefusedError``."""


class ConnectionLife(Protocol):
    """Follows accepted connections: :class:`app.realtime.lifecycle.Lifecycle`."""

    def accepted(self, namespace: str, sid: str, eio_sid: str) -> None:
        """Called once the client has received the answer to its CONNECT."""

    def closed(self, namespace: str, sid: str) -> None:
        """Called when a connection has ended."""

    def say_slow(self, eio_sid: str) -> None:
        """Queues a farewell for a client that is cut because it reads too slowly."""


class EventReceiver(Protocol):
    """Handles client events: :class:`app.realtime.dispatch.Dispatcher`."""

    def never_waits(self, namespace: str, sid: str, name: str) -> bool:
        """Whether an event can be handled in the event loop itself."""

    def receive(self, namespace: str, sid: str, ack_id: int | None, data: Any, size: int) -> None:
        """Handles one event of *size* bytes and acknowledges it."""


class SocketIOServer(socketio.Server, EngineListener):  # type: ignore[misc]  # untyped library
    """python-socketio's server with one entrance for events and one exit for messages."""

    manager: Rooms
    _gate: ConnectionGate
    _life: ConnectionLife
    _receiver: EventReceiver

    def __init__(self, **options: Any) -> None:
        options = {**options, "client_manager": Rooms(), "namespaces": NAMESPACES}
        super().__init__(**options)
        self.eio.listener = self
        self._packets = PacketWriter()

    def bind(self, gate: ConnectionGate, life: ConnectionLife, receiver: EventReceiver) -> None:
        """Binds to the application, before the first client connects."""
        self._gate, self._life, self._receiver = gate, life, receiver

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    # --- to clients

    def deliver(self, wire: Wire, only: Room | None = None) -> None:
        """Encodes a message once for all its recipients, or for those in the room ``only``. It leaves
        with :meth:`hand_over` at the latest.
        """
        members = self._recipients(wire, only)
        if members:
            self._packets.add(
                _event(wire.event.namespace, wire.event.name, wire.content()), members
            )

    def hand_over(self) -> None:
        """Hands the delivered messages to the transports."""
        self._packets.hand_over()

    def send(
        self, namespace: str, event: str, payload: dict[str, Any], eio_sids: Iterable[str]
    ) -> None:
        """Sends one message to some connections."""
        sockets = self.eio.sockets
        to = [sockets[eio_sid] for eio_sid in eio_sids if eio_sid in sockets]
        self._packets.send(_event(namespace, event, payload), to)

    def members(self, namespace: str, room: Room | None) -> Container[str]:
        """Returns the Socket.IO ids of the connections in a room."""
        return () if room is None else self.manager.members(namespace, room)

    def acknowledge(
        self, namespace: str, eio_sid: str, ack_id: int, answer: dict[str, Any]
    ) -> None:
        """Answers one event of a client."""
        engine_session = self.eio.sockets.get(eio_sid)
        if engine_session is not None:
            head = f"3{_PREFIXES[namespace]}{ack_id}".encode()
            self._packets.send(head + orjson.dumps([answer]), [engine_session])

    def _recipients(self, wire: Wire, only: Room | None) -> Members:
        namespace = wire.event.namespace
        rooms = [self.manager.members(namespace, room) for room in wire.rooms]
        members = rooms[0] if len(rooms) == 1 else {s: e for room in rooms for s, e in room.items()}
        if members and only is not None:
            narrowed = self.manager.members(namespace, only)
            members = {sid: members[sid] for sid in narrowed if sid in members}
        if members and wire.except_room is not None:
            skipped = self.manager.members(namespace, wire.except_room)
            members = {sid: members[sid] for sid in members if sid not in skipped}
        return members

    # --- from clients

    def _trigger_event(self, event: str, namespace: str, *args: Any) -> Any:
        """Handles python-socketio's two events; all others go to :class:`EventReceiver`."""
        if event == "connect":
            sid, handshake, auth = args
            return self._gate.admit(namespace, sid, handshake, auth)
        return self._life.closed(namespace, args[0])

    def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        namespace = namespace or MARKETPLACE
        if self.manager.sid_from_eio_sid(eio_sid, namespace) is not None:
            return  # connected already; a second CONNECT must not replace the first
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
            self._life.accepted(namespace, sid, eio_sid)

    def slow_consumer(self, eio_sid: str) -> None:
        """Queues a farewell for a client that is about to be cut."""
        self._life.say_slow(eio_sid)

    def handle_inline(self, eio_sid: str, data: str | bytes) -> bool:
        """Handles an event in the event loop itself, if it is one that never waits."""
        if isinstance(data, bytes) or (head := _PLAIN_EVENT.match(data)) is None:
            return False
        space, ack_id, name = head.groups()
        namespace = space or MARKETPLACE
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is None or not self._receiver.never_waits(namespace, sid, name):
            return False
        start = data.index("[")
        encoded = data[start:].encode("utf-8", "surrogatepass")
        try:
            event = orjson.loads(encoded)
        except ValueError:
            return False  # the greenlet sends the typed error
        size = start + len(encoded)
        self._receiver.receive(namespace, sid, None if ack_id is None else int(ack_id), event, size)
        return True

    def _handle_event(
        self, eio_sid: str, namespace: str | None, ack_id: int | None, data: Any
    ) -> None:
        namespace = namespace or MARKETPLACE
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is not None and self.manager.is_connected(sid, namespace):
            self._receiver.receive(namespace, sid, ack_id, data, self._size)

    def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """Reads one Socket.IO packet. The protocol has no binary attachments."""
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
    """Returns an EVENT packet; https://socket.io/docs/v4/socket-io-protocol/#packet-encoding."""
    return f"2{_PREFIXES[namespace]}".encode() + orjson.dumps([event, payload])


def _addressee(data: str | bytes) -> tuple[str | None, int | None]:
    """Returns the namespace and acknowledgement id of an event whose content cannot be read.

    Its client waits for an answer all the same. JavaScript, for one, can send half a surrogate pair.
    """
    head = _EVENT_HEAD.match(data) if isinstance(data, str) else None
    if head is None:
        return None, None
    return head["namespace"], None if head["ack_id"] is None else int(head["ack_id"])


class SocketIO(flask_socketio.SocketIO):  # type: ignore[misc]  # untyped library
    """Flask-SocketIO around :class:`SocketIOServer`."""

    server: SocketIOServer

    def init_app(self, app: Flask, **options: Any) -> None:
        """Binds to the application."""
        super().init_app(app, **options)
        # Flask-SocketIO has no option for the server class. Its server, which has not served
        # anything yet, is therefore replaced, with the same options.
        self.server = SocketIOServer(**self.server_options)
        self.sockio_mw.engineio_app = self.server
