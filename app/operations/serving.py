"""From an application that is made to a process that serves: the writer and the watchers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from flask import Flask

from app.accounts.sockets import admit
from app.conversations import cache as lists
from app.extensions import socketio
from app.operations import metrics
from app.presence.sockets import keep_leases, share_leases
from app.realtime import dispatch, lifecycle
from app.realtime.doorbell import Doorbell
from app.realtime.leases import leases
from app.realtime.publisher import publisher
from app.store import store
from app.sync.catchup import catch_up, revision_now
from app.transport.loop import drain
from app.transport.loop.turns import turns
from config import Settings

YOUNG = 10_000  # things made and not yet let go of, before the collector looks at them


def start(app: Flask) -> None:
    """Begin to serve; once per process, after any fork. Fails if the database cannot be read."""
    settings: Settings = app.config["SETTINGS"]
    _bind(settings)
    dispatch.init(reads_wait=store.reading_yields or settings.redis_url is not None)
    # A database in a process of its own gains nothing by our standing still.
    if not store.reading_yields:
        turns.let_first(store.writer.let_run)
    server = socketio.server
    server.admit, server.accepted, server.closed = admit, lifecycle.accepted, lifecycle.closed
    server.received, server.never_waits = dispatch.receive, dispatch.never_waits
    server.eio.on_slow_consumer = lifecycle.say_slow
    lifecycle.init()
    metrics.init()
    drain.on_stopped(store.stop)
    gevent.spawn(lifecycle.watch_expiry)
    gevent.spawn(keep_leases)
    _spare_the_collector()


def _spare_the_collector() -> None:
    """What is there now stays, and need not be looked through for garbage again.

    Nor is everything else, which with thousands of connections takes a tenth of a second in which
    nobody is served, as often as Python would do it whenever many come and go. Connections leave no
    garbage, so there is no hurry. Smaller portions of what is young would be looked at again and
    again while hundreds of messages are under way.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 2, 50)
    gc.callbacks.append(_let_stay)


def _let_stay(phase: str, found: dict[str, int]) -> None:
    """Whoever comes stays, too: when next to nothing of what is young was garbage, many people are
    connecting, and what belongs to them need not be looked through a second and a third time.
    """
    if phase == "stop" and found["generation"] == 0 and found["collected"] < YOUNG // 10:
        gc.freeze()


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """The writer alone, for commands on the command line."""
    _bind(app.config["SETTINGS"])
    try:
        yield
    finally:
        store.stop()


def _bind(settings: Settings) -> None:
    lists.init(settings.redis_url)
    publisher.bind(socketio.server, lists.forget)
    store.start(publisher.publish_batch)
    if settings.redis_url:
        _join_others(settings.redis_url)


def _join_others(redis_url: str) -> None:
    doorbell = Doorbell(
        redis_url,
        deliver=publisher.deliver,
        current_revision=revision_now,
        on_missed=catch_up,
        online_among=leases.online_among,
    )
    doorbell.start()
    publisher.bind(socketio.server, lists.forget, doorbell.ring)
    share_leases(redis_url)
