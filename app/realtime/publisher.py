"""The publisher: the one voice. Nothing else in Palabre emits.

It receives the events of a batch in revision order, after the commit, on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import structlog

from app.realtime.connection import Connection, connections
from app.realtime.events import (
    SESSION_ENDED,
    ConversationRemoved,
    Event,
    SessionsEnded,
)
from app.realtime.server import MessagingServer
from app.realtime.wire import MARKETPLACE, joined

log = structlog.get_logger(__name__)


class Publisher:
    """Tells every connection of this process what it should know."""

    def __init__(self) -> None:
        self._server: MessagingServer | None = None
        self._forget: Callable[[Iterable[int], int], None] = lambda _users, _revision: None

    def bind(
        self, server: MessagingServer, forget_lists: Callable[[Iterable[int], int], None]
    ) -> None:
        """Bind to the server, and to the cache that must forget before anybody is told."""
        self._server = server
        self._forget = forget_lists

    def publish(self, events: Iterable[Event]) -> None:
        """Tell clients about committed events, in order. One bad event does not silence the rest."""
        for event in events:
            try:
                self._publish_one(event)
            except Exception:
                log.exception("publish_failed", event_type=type(event).__name__)

    def tell(self, connection: Connection, event: str, payload: dict[str, Any]) -> None:
        """Say something to one connection."""
        self._bound.tell(connection.namespace, connection.eio_sid, event, payload)

    def acknowledge(self, connection: Connection, ack_id: int, answer: dict[str, Any]) -> None:
        """Answer one event of a connection."""
        self._bound.acknowledge(connection.namespace, connection.eio_sid, ack_id, answer)

    def enter(self, connection: Connection, room: str) -> None:
        """Let a connection hear what is said in a room."""
        self._bound.enter_room(connection.sid, room, namespace=connection.namespace)

    def leave(self, connection: Connection, room: str) -> None:
        """Let a connection hear a room no longer."""
        self._bound.leave_room(connection.sid, room, namespace=connection.namespace)

    def end(self, connection: Connection, code: str, message: str) -> None:
        """Say ``session_ended`` and close the connection, its transport included."""
        if not connection.ended:
            self.say_ended(connection, code, message)
            self._bound.eio.close_connection(connection.eio_sid)

    def say_ended(self, connection: Connection, code: str, message: str) -> None:
        """Say ``session_ended``; nothing the connection sends counts from now on."""
        connection.ended = True
        self.tell(connection, SESSION_ENDED, {"code": code, "message": message})

    @property
    def _bound(self) -> MessagingServer:
        assert self._server is not None, "the publisher has not been bound"
        return self._server

    def _publish_one(self, event: Event) -> None:
        self._forget(event.lists_changed(), event.revision)
        for wire in event.wires():
            self._bound.deliver(wire)
        if isinstance(event, ConversationRemoved):
            self._expel(event)
        elif isinstance(event, SessionsEnded):
            self._end_sessions(event)

    def _expel(self, event: ConversationRemoved) -> None:
        for connection in connections.of_user(event.user_id):
            connection.joined.discard(event.conversation_id)
            if connection.namespace == MARKETPLACE:
                self.leave(connection, joined(event.conversation_id))

    def _end_sessions(self, event: SessionsEnded) -> None:
        for connection in connections.of_sessions(event.session_ids):
            self.end(connection, event.code, "This session has been signed out.")


publisher = Publisher()
