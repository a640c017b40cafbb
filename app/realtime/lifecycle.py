"""The life of a connection: admitted, accepted, renewed, expired, closed.

Features follow it with a :class:`ConnectionListener`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from app.actor import Actor
from app.realtime.connection import Connection, connections
from app.realtime.event import TOKEN_EXPIRING
from app.realtime.publisher import publisher
from app.realtime.socketio_server import ConnectionLife
from app.realtime.wire import person
from app.store.types import iso
from app.transport.loop.periodic import every

log = structlog.get_logger(__name__)

WARNING_SECONDS = 60


class ConnectionListener:
    """A feature that acts when connections open or close; each method may be left out."""

    def accepted(self, connection: Connection) -> None:
        """Called with every new connection, once its client has received the answer."""

    def closed(self, connection: Connection) -> None:
        """Called with every connection that has ended."""


class Lifecycle(ConnectionLife):
    """Keeps :data:`.connection.connections` up to date, and calls the listeners."""

    def __init__(self) -> None:
        self._listeners: list[ConnectionListener] = []
        # Admitted, with the answer under way: (namespace, sid) → (actor, expiry).
        self._admitted: dict[tuple[str, str], tuple[Actor, float]] = {}

    def listen(self, listener: ConnectionListener) -> None:
        """Calls a listener from now on, after those added before it."""
        self._listeners.append(listener)

    def admitted(self, namespace: str, sid: str, actor: Actor, expires_at: float) -> None:
        """Remembers the actor of a valid token until the client has received the answer."""
        self._admitted[namespace, sid] = (actor, expires_at)

    def accepted(self, namespace: str, sid: str, eio_sid: str) -> None:
        """Adds a connection whose client has received the answer: from now on it gets events."""
        actor, expires_at = self._admitted.pop((namespace, sid))
        connection = Connection(namespace, sid, eio_sid, actor, expires_at, _monotonic(expires_at))
        connections.add(connection)
        publisher.enter(connection, person(actor.user_id))
        for listener in self._listeners:
            _call(listener.accepted, connection)

    def renewed(self, connection: Connection, actor: Actor, expires_at: float) -> None:
        """Renews a connection, and its user's other one on the same transport, with a fresh token.

        A transport ends with the first of its connections. Otherwise a client that uses both
        namespaces and renews on one of them would be cut all the same.
        """
        for sharing in connections.of_transport(connection.eio_sid):
            if sharing.actor.user_id == actor.user_id:
                connections.rename(sharing, actor)
                sharing.expires_at, sharing.ends_at = expires_at, _monotonic(expires_at)
                sharing.warned = False

    def closed(self, namespace: str, sid: str) -> None:
        """Removes a connection that has ended."""
        self._admitted.pop((namespace, sid), None)
        connection = connections.discard(namespace, sid)
        if connection is not None:
            connection.ended = True
            for listener in self._listeners:
                _call(listener.closed, connection)

    def say_restarting(self) -> None:
        """Sends every client ``session_ended``; the drain closes the connections afterwards."""
        for connection in connections.all():
            if not connection.ended:
                publisher.say_ended(
                    connection,
                    "server_restarting",
                    "The server is restarting. Reconnect in a moment.",
                )

    def say_slow(self, eio_sid: str) -> None:
        """Sends ``session_ended`` to a client that is cut because it reads too slowly."""
        for connection in connections.of_transport(eio_sid):
            if not connection.ended:
                publisher.say_ended(
                    connection,
                    "slow_consumer",
                    "Too many unread events. Reconnect and sync.",
                )


def _monotonic(moment: float) -> float:
    return time.monotonic() + moment - time.time()


@every(0.5)
def watch_expiry() -> None:
    """Warns clients a minute before their token ends, and closes their connection when it has ended."""
    now = time.monotonic()
    for connection in connections.all():
        try:
            _check_expiry(connection, now)
        except Exception:
            log.exception("expiry_not_checked", user_id=connection.actor.user_id)


def _check_expiry(connection: Connection, now: float) -> None:
    if connection.ended:
        return
    if now >= connection.ends_at:
        publisher.end(
            connection, "token_expired", "The token has expired. Renew it and connect again."
        )
    elif now >= connection.ends_at - WARNING_SECONDS and not connection.warned:
        connection.warned = True
        publisher.tell(
            connection, TOKEN_EXPIRING, {"expires_at": iso(int(connection.expires_at * 1000))}
        )


def _call(listener: Callable[[Connection], None], connection: Connection) -> None:
    try:
        listener(connection)
    except Exception:
        log.exception("lifecycle_listener_failed", user_id=connection.actor.user_id)


lifecycle = Lifecycle()
