"""The publisher: the one voice. Nothing else in Palabre emits.

It receives the events of a batch in revision order, after the commit, on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import structlog

from app.realtime.announcement import Announcement, announce, lists_changed
from app.realtime.connection import Connection, connections
from app.realtime.event import SESSION_ENDED, Event
from app.realtime.recipients import RecipientCache
from app.realtime.socketio_server import SocketIOServer
from app.realtime.wire import TALEMY, ByNamespace, PersonalWire, Room, Wire, camelize, joined
from app.store.writer.jobs import Batch

log = structlog.get_logger(__name__)

Ring = Callable[[int, int, list[Announcement]], None]


class Publisher:
    """Tells every connection of this process what it should know."""

    def __init__(self) -> None:
        self._server: SocketIOServer | None = None
        self._forget: Callable[[set[int]], None] = lambda _changed: None
        self._ring: Ring = lambda _first, _last, _announcements: None

    def bind(
        self,
        server: SocketIOServer,
        forget_lists: Callable[[set[int]], None],
        ring: Ring | None = None,
    ) -> None:
        """Bind to the server, to the cache that must forget before anybody is told, and to the
        doorbell of the other processes if there are any.
        """
        self._server = server
        self._recipients = RecipientCache(server.manager)
        self._forget = forget_lists
        if ring is not None:
            self._ring = ring

    def publish(self, events: Iterable[Event]) -> None:
        """Tell clients about something that is not stored."""
        self._publish(0, 0, list(events))

    def publish_batch(self, batch: Batch) -> None:
        """Send clients the events of one commit, in the order of their revisions."""
        self._publish(batch.first, batch.last, batch.events)

    def _publish(self, first: int, last: int, events: list[Event]) -> None:
        if not events and first == last:
            return
        self._forget(lists_changed(events))
        announcements = [made for made in map(_announce, events) if made is not None]
        self.deliver(announcements)
        self._ring(first, last, announcements)

    def deliver(self, announcements: Iterable[Announcement], only: Room | None = None) -> None:
        """Tell the connections of this process, or those of one room among them."""
        spoken = connections.namespaces()
        for announcement in announcements:
            for wire in announcement.wires:
                if wire.event.namespace in spoken:
                    self._deliver_safely(wire, only)
            if announcement.expelled or announcement.ended_sessions:
                self._part(announcement)
        self._bound.hand_over()
        self._recipients.forget()

    def _part(self, announcement: Announcement) -> None:
        """Let people go who have still heard what came before."""
        self._bound.hand_over()
        for conversation_id, user_id in announcement.expelled:
            self._expel(conversation_id, user_id)
        self._end_sessions(announcement.ended_sessions)

    def _deliver_safely(self, wire: Wire | PersonalWire, only: Room | None) -> None:
        """A payload may read the database, and so may fail: the others are told all the same."""
        try:
            self._deliver_wire(wire, only)
        except Exception:
            log.exception("wire_not_delivered", event_name=wire.event.name)

    def _deliver_wire(self, wire: Wire | PersonalWire, only: Room | None) -> None:
        if isinstance(wire, Wire):
            self._bound.deliver(wire, only)
            return
        told = self._recipients.of(wire)
        if only is not None:
            there = self._bound.members(wire.event.namespace, only)
            told = {
                user_id: [c for c in found if c.sid in there] for user_id, found in told.items()
            }
        for user_id, found in told.items():
            payload = wire.payload_of(user_id)
            self._bound.send(
                wire.event.namespace, wire.event.name, payload, [c.eio_sid for c in found]
            )

    def tell(self, connection: Connection, event: ByNamespace, payload: dict[str, Any]) -> None:
        """Send an event to one connection; the payload has snake_case keys."""
        namespace = connection.namespace
        spelt = camelize(payload) if namespace == TALEMY else payload
        self._bound.send(namespace, event[namespace].name, spelt, [connection.eio_sid])

    def acknowledge(self, connection: Connection, ack_id: int, answer: dict[str, Any]) -> None:
        """Answer, in snake_case, one event of a connection."""
        spelt = camelize(answer) if connection.namespace == TALEMY else answer
        self._bound.acknowledge(connection.namespace, connection.eio_sid, ack_id, spelt)

    def enter(self, connection: Connection, room: str) -> None:
        """Let a connection hear what is said in a room."""
        self._bound.enter_room(connection.sid, room, namespace=connection.namespace)

    def leave(self, connection: Connection, room: str) -> None:
        """Let a connection hear a room no longer."""
        self._bound.leave_room(connection.sid, room, namespace=connection.namespace)

    def end(self, connection: Connection, code: str, message: str) -> None:
        """Say ``session_ended`` and close the connection, its transport included.

        Whoever shares the transport, on the other namespace, is told the same: it ends for both.
        """
        if connection.ended:
            return
        for sharing in connections.of_transport(connection.eio_sid):
            self.say_ended(sharing, code, message)
        self._bound.eio.close_connection(connection.eio_sid)

    def say_ended(self, connection: Connection, code: str, message: str) -> None:
        """Say ``session_ended``; nothing the connection sends counts from now on."""
        connection.ended = True
        self.tell(connection, SESSION_ENDED, {"code": code, "message": message})

    @property
    def _bound(self) -> SocketIOServer:
        assert self._server is not None, "the publisher has not been bound"
        return self._server

    def _expel(self, conversation_id: int, user_id: int) -> None:
        for connection in connections.of_user(user_id):
            connection.joined.discard(conversation_id)
            self.leave(connection, joined(conversation_id))

    def _end_sessions(self, session_ids: list[str]) -> None:
        for connection in connections.of_sessions(session_ids):
            self.end(connection, "token_revoked", "This session has been signed out.")


def _announce(event: Event) -> Announcement | None:
    """One event that cannot be put into words does not silence the rest."""
    try:
        return announce(event)
    except Exception:
        log.exception("event_not_announced", event_type=type(event).__name__)
        return None


publisher = Publisher()
