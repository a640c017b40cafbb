"""The life of a connection: admitted, accepted, renewed, expired, closed.

Features listen through :func:`on_accepted` and :func:`on_closed`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import gevent
import structlog

from app.actor import Actor
from app.realtime.connection import Connection, connections
from app.realtime.event import TOKEN_EXPIRING
from app.realtime.publisher import publisher
from app.realtime.wire import person
from app.store.types import iso
from app.transport.loop import drain

log = structlog.get_logger(__name__)

Listener = Callable[[Connection], None]

WARNING_SECONDS = 60

_accepted: list[Listener] = []
_closed: list[Listener] = []
# Admitted by the connect handler, not yet told so: (namespace, sid) → (actor, expiry).
_admitted: dict[tuple[str, str], tuple[Actor, float]] = {}


def on_accepted(listener: Listener) -> Listener:
    """Have a function called with every new connection, once the client knows of it."""
    _accepted.append(listener)
    return listener


def on_closed(listener: Listener) -> Listener:
    """Have a function called with every connection that has ended."""
    _closed.append(listener)
    return listener


def admitted(namespace: str, sid: str, actor: Actor, expires_at: float) -> None:
    """The token was good; the client is about to be told."""
    _admitted[namespace, sid] = (actor, expires_at)


def accepted(namespace: str, sid: str, eio_sid: str) -> None:
    """The client has been told: from now on it hears what is said to its person."""
    actor, expires_at = _admitted.pop((namespace, sid))
    connection = Connection(namespace, sid, eio_sid, actor, expires_at, _monotonic(expires_at))
    connections.add(connection)
    publisher.enter(connection, person(actor.user_id))
    _call(_accepted, connection)


def renewed(connection: Connection, actor: Actor, expires_at: float) -> None:
    """The connection has a fresh token, and with it its person's other one on the same transport.

    A transport ends with the first of its connections: without this, a client that speaks on both
    namespaces and renews on one of them would be cut all the same.
    """
    for sharing in connections.of_transport(connection.eio_sid):
        if sharing.actor.user_id == actor.user_id:
            connections.rename(sharing, actor)
            sharing.expires_at, sharing.ends_at = expires_at, _monotonic(expires_at)
            sharing.warned = False


def _monotonic(moment: float) -> float:
    return time.monotonic() + moment - time.time()


def closed(namespace: str, sid: str) -> None:
    """The connection is gone."""
    _admitted.pop((namespace, sid), None)
    connection = connections.discard(namespace, sid)
    if connection is not None:
        connection.ended = True
        _call(_closed, connection)


def watch_expiry() -> None:
    """Warn a minute before a token ends, close when it has ended; runs for ever."""
    while True:
        gevent.sleep(0.5)
        now = time.monotonic()
        for connection in connections.all():
            _check_expiry(connection, now)


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


def say_restarting() -> None:
    """Tell everybody that the server is about to leave; the drain closes them afterwards."""
    for connection in connections.all():
        if not connection.ended:
            publisher.say_ended(
                connection, "server_restarting", "The server is restarting. Reconnect in a moment."
            )


def say_slow(eio_sid: str) -> None:
    """Tell a reader that fell too far behind why it is being cut."""
    for connection in connections.of_transport(eio_sid):
        if not connection.ended:
            publisher.say_ended(
                connection,
                "slow_consumer",
                "Too many unread events. Reconnect and sync.",
            )


def init() -> None:
    """Have the drain say goodbye."""
    drain.on_drain(say_restarting)


def _call(listeners: list[Listener], connection: Connection) -> None:
    for listener in listeners:
        try:
            listener(connection)
        except Exception:
            log.exception("lifecycle_listener_failed", user_id=connection.actor.user_id)
