"""From an application that is made to a process that serves: the writer and the watchers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from flask import Flask

from app import metrics
from app.conversations.cache import versions
from app.extensions import socketio
from app.presence.sockets import keep_leases
from app.realtime import dispatch, drain, lifecycle
from app.realtime.publisher import publisher
from app.store import store


def start(app: Flask) -> None:
    """Begin to serve; once per process, after any fork. Fails if the database cannot be written."""
    _bind_publisher(app)
    socketio.server.accepted = lifecycle.accepted
    socketio.server.received = dispatch.receive
    socketio.server.eio.on_slow_consumer = lifecycle.say_slow
    lifecycle.init()
    metrics.init()
    drain.on_stopped(store.stop)
    gevent.spawn(lifecycle.watch_expiry)
    gevent.spawn(keep_leases)


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """The writer alone, for commands on the command line."""
    _bind_publisher(app)
    try:
        yield
    finally:
        store.stop()


def _bind_publisher(app: Flask) -> None:
    publisher.bind(socketio.server, versions.forget)
    store.start(publisher.publish)
