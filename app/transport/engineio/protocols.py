"""The two boundaries of a session: the engine that holds it, and the server above the engine."""

from __future__ import annotations

from typing import Any, Protocol

from app.transport.engineio.stats import TransportStats
from app.transport.engineio.terms import EngineTerms
from app.transport.websocket.frames import Violation
from app.transport.websocket.handshake import HandshakeRefusedError


class EngineListener(Protocol):
    """Receives calls on the event loop, beside the events of :class:`engineio.Server`."""

    def handle_inline(self, eio_sid: str, data: str | bytes) -> bool:
        """Handles a Socket.IO packet without waiting; ``False`` to have a greenlet handle it."""

    def slow_consumer(self, eio_sid: str) -> None:
        """Queues a farewell for a client that is about to be cut; must not wait."""


class NoListener(EngineListener):
    """An engine without one leaves every packet to greenlets and cuts slow clients silently."""

    def handle_inline(self, eio_sid: str, data: str | bytes) -> bool:
        """Leaves the packet to a greenlet."""
        return False

    def slow_consumer(self, eio_sid: str) -> None:
        """Queues nothing."""


class SessionEngine(Protocol):
    """The engine, as its sessions call it; :class:`.engine.Engine` implements it."""

    terms: EngineTerms
    stats: TransportStats
    listener: EngineListener

    def handle_message(self, eio_sid: str, data: str | bytes) -> bool:
        """Hands a message to Socket.IO; ``False`` when it cannot be read."""

    def trigger_disconnect(self, eio_sid: str, reason: str) -> None:
        """Reports, once, that a session has ended."""

    def shed(self, eio_sid: str) -> None:
        """Cuts a client that reads too slowly."""

    def forget(self, eio_sid: str) -> None:
        """Forgets a session whose TCP connection is over."""

    def refuse(self, refused: HandshakeRefusedError) -> dict[str, Any]:
        """Returns the HTTP answer to a refused handshake."""

    def note_protocol_error(self, error: Exception) -> None:
        """Counts a packet that clients must not send."""

    def note_violation(self, violation: Violation) -> None:
        """Counts a broken rule of the WebSocket protocol."""
