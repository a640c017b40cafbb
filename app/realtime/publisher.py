"""The publisher: the only emitter of Palabre. It sends clients the events of each commit.

It receives the events of a batch in revision order, after the commit, on the event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import structlog

from app.realtime.announcement import Announcement, Publication, PublicationListener
from app.realtime.connection import Connection, connections
from app.realtime.event import SESSION_ENDED, Event
from app.realtime.recipients import RecipientCache
from app.realtime.socketio_server import SocketIOServer
from app.realtime.wire import TALEMY, ByNamespace, PersonalWire, Room, Wire, camelize, joined
from app.store.writer.jobs import Batch, CommitListener

log = structlog.get_logger(__name__)


class Publisher(CommitListener, PublicationListener):
    """Hands publications to its listeners, and as one of them sends them to connections here."""

    def __init__(self) -> None:
        self._server: SocketIOServer | None = None
        self.listeners: Sequence[PublicationListener] = [self]

    def bind(self, server: SocketIOServer, listeners: Sequence[PublicationListener]) -> None:
        """Binds to the server, and to the listeners that receive each publication, in their order.

        Caches come before the publisher itself: a client that reads in response must not get an
        older state from them. The doorbell comes after it.
        """
        self._server = server
        self._recipients = RecipientCache(server.manager)
        self.listeners = listeners

    def publish(self, events: Iterable[Event]) -> None:
        """Publishes events that are not stored."""
        self._publish(Publication(list(events)))

    def publish_batch(self, batch: Batch) -> None:
        """Publishes the events of one commit, in the order of their revisions."""
        self._publish(Publication(batch.events, batch.first, batch.last))

    def _publish(self, publication: Publication) -> None:
        if not publication.events and publication.first == publication.last:
            return
        for listener in self.listeners:
            try:
                listener.published(publication)
            except Exception:  # the other listeners must receive it all the same
                log.exception("publication_listener_failed", listener=type(listener).__name__)

    def published(self, publication: Publication) -> None:
        """Sends a publication to the connections of this process."""
        self.deliver(publication.announcements)

    def deliver(self, announcements: Iterable[Announcement], only: Room | None = None) -> None:
        """Sends announcements to the connections of this process, or to one room of them."""
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
        """Removes users from rooms and ends sessions, after the messages queued before."""
        self._bound.hand_over()
        for conversation_id, user_id in announcement.expelled:
            self._expel(conversation_id, user_id)
        self._end_sessions(announcement.ended_sessions)

    def _deliver_safely(self, wire: Wire | PersonalWire, only: Room | None) -> None:
        """Sends a message; a payload that fails, because it reads the database, affects no other."""
        try:
            self._deliver_wire(wire, only)
        except Exception:
            log.exception("wire_not_delivered", event_name=wire.event.name)

    def _deliver_wire(self, wire: Wire | PersonalWire, only: Room | None) -> None:
        if isinstance(wire, Wire):
            self._bound.deliver(wire, only)
            return
        event, recipients = wire.event, self._recipients.of(wire)
        if only is not None:
            members = self._bound.members(event.namespace, only)
            recipients = {
                user_id: [connection for connection in theirs if connection.sid in members]
                for user_id, theirs in recipients.items()
            }
        for user_id, theirs in recipients.items():
            eio_sids = [connection.eio_sid for connection in theirs]
            self._bound.send(event.namespace, event.name, wire.payload_of(user_id), eio_sids)

    def tell(self, connection: Connection, event: ByNamespace, payload: dict[str, Any]) -> None:
        """Sends an event to one connection; the payload has snake_case keys."""
        namespace = connection.namespace
        spelt = camelize(payload) if namespace == TALEMY else payload
        self._bound.send(namespace, event[namespace].name, spelt, [connection.eio_sid])

    def acknowledge(self, connection: Connection, ack_id: int, answer: dict[str, Any]) -> None:
        """Acknowledges one event of a connection; the answer has snake_case keys."""
        spelt = camelize(answer) if connection.namespace == TALEMY else answer
        self._bound.acknowledge(connection.namespace, connection.eio_sid, ack_id, spelt)

    def enter(self, connection: Connection, room: str) -> None:
        """Adds a connection to a room."""
        self._bound.enter_room(connection.sid, room, namespace=connection.namespace)

    def leave(self, connection: Connection, room: str) -> None:
        """Removes a connection from a room."""
        self._bound.leave_room(connection.sid, room, namespace=connection.namespace)

    def end(self, connection: Connection, code: str, message: str) -> None:
        """Sends ``session_ended`` and closes the connection, its transport included.

        The connection that shares the transport, on the other namespace, ends with it.
        """
        if connection.ended:
            return
        try:
            for sharing in connections.of_transport(connection.eio_sid):
                self.say_ended(sharing, code, message)
        finally:
            self._bound.eio.close_connection(connection.eio_sid)

    def say_ended(self, connection: Connection, code: str, message: str) -> None:
        """Sends ``session_ended``; later events of the connection are dropped."""
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


publisher = Publisher()
