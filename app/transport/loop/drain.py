"""The drain: the steps of a process between SIGTERM and its end.

The worker takes them in this order (``app/transport/http/worker.py``):

1. no new connections, no new Engine.IO sessions;
2. :meth:`DrainListener.say_goodbye`: farewells are queued for the clients;
3. every Engine.IO session is closed, spread over a moment so that clients do not all return at once;
4. requests in progress finish, idle connections close;
5. :meth:`DrainListener.finish`: no request can arrive any more; the writer finishes.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Protocol
from weakref import WeakSet

import gevent

from app.transport.loop.deadline import at_most

log = logging.getLogger(__name__)

SECONDS_PER_CONNECTION = 0.002


class Closable(Protocol):
    """An Engine.IO server: it holds sessions open."""

    sockets: Mapping[str, object]

    def open_connections(self) -> list[str]:
        """Returns the ids of the open sessions."""

    def close_connection(self, eio_sid: str, *, grace: float = ...) -> None:
        """Closes one session without waiting for it."""


class DrainListener(Protocol):
    """The application, as the drain calls it; each method once, with a time limit."""

    def say_goodbye(self) -> None:
        """Queues farewells for the clients; connections are still open. About two seconds."""

    def finish(self) -> None:
        """Finishes the writes; the last request has been answered."""


class Drain:
    """The drain of one process."""

    def __init__(self) -> None:
        self.begun = False
        self._listener: DrainListener | None = None
        self._engines: WeakSet[Closable] = WeakSet()

    def bind(self, listener: DrainListener) -> None:
        """Has *listener* called when the process leaves."""
        self._listener = listener

    def register(self, engine: Closable) -> None:
        """Has *engine*'s sessions closed when the process leaves; the reference is weak."""
        self._engines.add(engine)

    def begin(self) -> None:
        """Sets :attr:`begun`: the process is leaving."""
        self.begun = True

    def announce(self, seconds: float) -> None:
        """Has farewells queued, within *seconds*."""
        if self._listener is not None:
            _run("saying goodbye", self._listener.say_goodbye, seconds)

    def close_sessions(self, spread: float, grace: float) -> None:
        """Closes every session in random order, over *spread* seconds at most."""
        sessions = [(engine, sid) for engine in self._engines for sid in engine.open_connections()]
        random.shuffle(sessions)
        step = min(SECONDS_PER_CONNECTION, spread / len(sessions)) if sessions else 0.0
        started = time.monotonic()
        for number, (engine, sid) in enumerate(sessions):
            engine.close_connection(sid, grace=grace)
            ahead = number * step - (time.monotonic() - started)
            if ahead > 0:
                gevent.sleep(ahead * random.uniform(0.5, 1.5))

    def sessions_left(self) -> bool:
        """Whether any session has not ended yet."""
        return any(engine.sockets for engine in self._engines)

    def finish(self, seconds: float) -> None:
        """Has the writes finished, within *seconds*."""
        if self._listener is not None:
            _run("finishing writes", self._listener.finish, seconds)


def _run(step: str, call: Callable[[], None], seconds: float) -> None:
    finished = False
    with at_most(seconds):
        try:
            call()
        except Exception:
            log.exception("Drain: %s failed", step)
        finished = True
    if not finished:
        log.warning("Drain: %s took more than %.1f s; going on without it", step, seconds)


drain = Drain()
