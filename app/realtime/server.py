"""The Socket.IO server: Flask-SocketIO's, with our dispatch and our transport under it.

``connect`` and ``disconnect`` stay ordinary Flask-SocketIO handlers (``app/accounts/sockets.py``).
Every other client event goes to :mod:`app.realtime.dispatch`, which knows whether the client asked
for an acknowledgement, needs no Flask request context, and cannot be reached under a reserved name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import flask_socketio
import socketio
from engineio import packet as engine_packet
from flask import Flask
from socketio import packet

from app.realtime.engine import Engine
from app.realtime.wire import Room, Wire

# The largest packet with an event in it, as PROTOCOL states it; the frame below may be a little larger.
MAX_EVENT_BYTES = 64 * 1024

# https://socket.io/docs/v4/socket-io-protocol/#packet-encoding, as far as the payload.
_EVENT_HEAD = re.compile(
    r"[256](?:\d{1,9}-)?(?:(?P<namespace>/[^,?]*)[^,]*,)?(?P<ack_id>\d{1,15})?", re.ASCII
)

EventHandler = Callable[[str, str, int | None, Any, int], None]


class MessagingServer(socketio.Server):  # type: ignore[misc]  # untyped library
    """python-socketio's server with one door for events and one way out for messages."""

    accepted: Callable[[str, str, str], None]  # (namespace, sid, eio_sid), after CONNECT has left
    received: EventHandler  # (namespace, sid, ack id, data, size in bytes)

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    def deliver(self, wire: Wire, only: Room | None = None) -> None:
        """Encode a message once and hand the same packet to everybody it is for, or to those of
        them who are in the room ``only``.
        """
        recipients = self._recipients(wire, only)
        if recipients:
            self._send_once(wire.namespace, wire.event, wire.content(), recipients)

    def tell(self, namespace: str, eio_sid: str, event: str, payload: dict[str, Any]) -> None:
        """Send one message to one connection."""
        self._send_once(namespace, event, payload, [eio_sid])

    def _recipients(self, wire: Wire, only: Room | None) -> list[str]:
        rooms = self.manager.rooms.get(wire.namespace, {})
        skipped = rooms.get(wire.except_room, {}) if wire.except_room else {}
        found = {
            sid: eio_sid for room in wire.rooms for sid, eio_sid in rooms.get(room, {}).items()
        }
        if only is not None:
            found = {sid: found[sid] for sid in rooms.get(only, {}) if sid in found}
        return [eio_sid for sid, eio_sid in found.items() if sid not in skipped]

    def _send_once(
        self, namespace: str, event: str, payload: dict[str, Any], recipients: Iterable[str]
    ) -> None:
        encoded = self.packet_class(
            packet.EVENT, namespace=namespace, data=[event, payload]
        ).encode()
        frame = engine_packet.Packet(engine_packet.MESSAGE, encoded)
        for eio_sid in recipients:
            self.eio.deliver(eio_sid, frame)

    def acknowledge(
        self, namespace: str, eio_sid: str, ack_id: int, answer: dict[str, Any]
    ) -> None:
        """Answer one event of a client."""
        self._send_packet(
            eio_sid, self.packet_class(packet.ACK, namespace=namespace, id=ack_id, data=[answer])
        )

    def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        namespace = namespace or "/"
        if self.manager.sid_from_eio_sid(eio_sid, namespace) is not None:
            return  # connected already; a second CONNECT must not confuse the first
        super()._handle_connect(eio_sid, namespace, data if isinstance(data, dict) else None)
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is not None and self.manager.is_connected(sid, namespace):
            self.accepted(namespace, sid, eio_sid)

    def _handle_event(
        self, eio_sid: str, namespace: str | None, ack_id: int | None, data: Any
    ) -> None:
        namespace = namespace or "/"
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


def _addressee(data: str | bytes) -> tuple[str | None, int | None]:
    """The namespace and acknowledgement id of an event whose content cannot be read: its client
    waits for an answer all the same. JavaScript, for one, can send half a surrogate pair.
    """
    head = _EVENT_HEAD.match(data) if isinstance(data, str) else None
    if head is None:
        return None, None
    return head["namespace"], None if head["ack_id"] is None else int(head["ack_id"])


class SocketIO(flask_socketio.SocketIO):  # type: ignore[misc]  # untyped library
    """Flask-SocketIO around :class:`MessagingServer`."""

    server: MessagingServer

    def init_app(self, app: Flask, **options: Any) -> None:
        """Bind to the application. Handlers must have been imported before the first call."""
        super().init_app(app, **options)
        # Flask-SocketIO offers no way to name the server class, so its server, which has not
        # served anything yet, is replaced by ours with the same options and handlers.
        self.server = MessagingServer(**self.server_options)
        self.sockio_mw.engineio_app = self.server
        for event, handler, namespace in self.handlers:
            self.server.on(event, handler, namespace=namespace)
