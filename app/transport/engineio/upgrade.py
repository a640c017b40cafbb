"""The way from an HTTP request to a WebSocket, and from long polling over to it.

https://socket.io/docs/v4/engine-io-protocol/#upgrade
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from engineio import packet as eio

from app.transport.engineio.long_poll import LongPoll
from app.transport.engineio.protocols import SessionEngine
from app.transport.loop.bounded_queue import BoundedQueue
from app.transport.loop.deadline import at_most
from app.transport.loop.quiet_log import QuietLog
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import PROTOCOL_ERROR
from app.transport.websocket.handshake import (
    NOT_OUR_WORKER,
    UPGRADE,
    HandshakeRefusedError,
    UpgradableRequest,
)
from app.transport.websocket.on_greenlets import GreenletTransport
from app.transport.websocket.on_watchers import TransportListener, WatcherTransport

quiet_log = QuietLog(logging.getLogger(__name__))


class Upgrading(TransportListener, Protocol):
    """A session over long polling, or one that has just begun, which becomes a WebSocket."""

    engine: SessionEngine
    long_poll: LongPoll | None
    connected: bool
    upgrading: bool
    upgraded: bool
    closing: bool

    @property
    def max_message(self) -> int:
        """The most bytes of a message from the client."""

    def send(self, pkt: eio.Packet) -> None:
        """Sends or queues a packet."""


Transport = WatcherTransport | GreenletTransport


def upgrade(session: Upgrading, environ: dict[str, Any]) -> Transport | None:
    """Turns a request into the transport that serves *session* from here on.

    ``None``, and the WebSocket is closed, if the client does not complete the upgrade. Raises
    :class:`HandshakeRefusedError`.
    """
    websocket = _accept(session, environ)
    if session.connected and not _probe(session, websocket):
        return None
    terms = session.engine.terms
    if terms.on_watchers and websocket.is_plain:
        return WatcherTransport(websocket.detach(), session, websocket.frames, terms.write_limits)
    bounds = terms.max_queued_messages, terms.max_queued_bytes
    return GreenletTransport(websocket, session, BoundedQueue[bytes](*bounds, size=len))


def _accept(session: Upgrading, environ: dict[str, Any]) -> WebSocket:
    request: UpgradableRequest | None = environ.get(UPGRADE)
    if request is None:
        quiet_log.warning(NOT_OUR_WORKER)
        raise HandshakeRefusedError("WebSocket is not available here")
    return request.accept_websocket(
        max_message_size=session.max_message,
        send_deadline=session.engine.terms.send_deadline,
        on_violation=session.engine.note_violation,
    )


def _probe(session: Upgrading, websocket: WebSocket) -> bool:
    """Exchanges "2probe", "3probe" and "5" within the deadline; else close the WebSocket."""
    with at_most(session.engine.terms.upgrade_deadline):
        if websocket.receive() == "2probe" and not (session.upgrading or session.upgraded):
            session.upgrading = True
            try:
                session.upgraded = _finish(session, websocket)
            finally:
                session.upgrading = False
            if session.upgraded:
                return True
    websocket.close(PROTOCOL_ERROR, "upgrade failed")
    return False


def _finish(session: Upgrading, websocket: WebSocket) -> bool:
    websocket.send("3probe")
    # The client waits for its poll to end before it moves over.
    if session.long_poll is not None and session.long_poll.is_waited_for:
        session.send(eio.Packet(eio.NOOP))
    return websocket.receive() == "5" and not session.closing
