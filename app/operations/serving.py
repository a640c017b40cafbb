"""The start of a process that serves: the writer, the publisher and the watchers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.accounts.sockets import admission
from app.conversations.cache import lists
from app.extensions import socketio
from app.operations import sweeping  # noqa: F401  (declares periodic work)
from app.operations.metrics import collector
from app.presence.sockets import share_leases
from app.realtime.announcement import PublicationListener
from app.realtime.dispatch import dispatcher
from app.realtime.doorbell import Doorbell
from app.realtime.lifecycle import lifecycle
from app.realtime.publisher import publisher
from app.store import store
from app.sync.catchup import StoredChanges
from app.transport.loop import periodic
from app.transport.loop.drain import DrainListener, drain
from app.transport.loop.turns import turns
from config import Settings

YOUNG = 10_000  # allocations minus deallocations before the collector scans the young generation


def start(app: Flask) -> None:
    """Starts serving; once per process, after any fork. Fails if the database cannot be read."""
    settings: Settings = app.config["SETTINGS"]
    _bind(settings)
    dispatcher.bind(reads_wait=store.reading_yields or settings.redis_url is not None)
    # A database in its own process gains nothing from a blocked loop.
    if not store.reading_yields:
        turns.bind(urgent=store.writer)
    socketio.server.bind(admission, lifecycle, dispatcher)
    drain.bind(Leaving())
    collector.start()
    periodic.start()
    _spare_the_collector()


class Leaving(DrainListener):
    """Shuts a serving process down: notifies clients first, stops the writer last."""

    def say_goodbye(self) -> None:
        """Sends ``session_ended`` to every client."""
        lifecycle.say_restarting()

    def finish(self) -> None:
        """Finishes queued writes and stops the writer."""
        store.stop()


def _spare_the_collector() -> None:
    """Freezes the present objects, which stay, and collects less often.

    A full collection with thousands of connections blocks the loop, and Python would start one
    whenever many open and close (``docs/decisions/0020-messages-overtake.md``). Connections leave no
    garbage. A smaller young generation would be scanned repeatedly while messages are in flight.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 2, 50)
    gc.callbacks.append(_freeze_connections)


def _freeze_connections(phase: str, info: dict[str, int]) -> None:
    """Freezes young objects after a pass that freed almost nothing.

    Connections are opening then, and their objects need not be scanned again.
    """
    if phase == "stop" and info["generation"] == 0 and info["collected"] < YOUNG // 10:
        gc.freeze()


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """Runs the writer alone, for commands on the command line."""
    _bind(app.config["SETTINGS"])
    try:
        yield
    finally:
        store.stop()


def _bind(settings: Settings) -> None:
    lists.bind(settings.redis_url)
    # Caches are invalidated before a client receives anything; other processes come last.
    listeners: list[PublicationListener] = [lists, publisher]
    publisher.bind(socketio.server, listeners)
    store.start(publisher)
    if settings.redis_url:
        doorbell = Doorbell(settings.redis_url, StoredChanges())
        doorbell.start()
        publisher.bind(socketio.server, [*listeners, doorbell])
        share_leases(settings.redis_url)
