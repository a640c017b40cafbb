"""Leaving in good order: what is to be done between SIGTERM and the end of the process.

The worker walks through these steps (``app/transport/http/worker.py``):

1. no new connections, no new Engine.IO sessions;
2. :func:`on_drain` callbacks: tell the clients;
3. every Engine.IO session is closed, spread over a moment so that clients do not all return at once;
4. requests that are being answered finish, idle connections close;
5. :func:`on_stopped` callbacks: nobody can ask for anything any more; finish the writer.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from weakref import WeakSet

import gevent

from app.transport.loop.deadline import at_most

Callback = Callable[[], None]
log = logging.getLogger(__name__)

SECONDS_PER_CONNECTION = 0.002


class Closable(Protocol):
    """What holds sessions open: an Engine.IO server."""

    sockets: Mapping[str, object]

    def open_connections(self) -> list[str]:
        """The ids of the open sessions."""

    def close_connection(self, eio_sid: str, *, grace: float = ...) -> None:
        """Close one session without waiting for it."""


_on_drain: list[Callback] = []
_on_stopped: list[Callback] = []
_engines: WeakSet[Closable] = WeakSet()
_draining = False


def on_drain(callback: Callback) -> Callback:
    """Have *callback* called, once, when the process starts to leave. Usable as a decorator.

    Connections are still open then: this is the moment to say ``session_ended``. All callbacks
    together get about two seconds.
    """
    _on_drain.append(callback)
    return callback


def on_stopped(callback: Callback) -> Callback:
    """Have *callback* called, once, when the last request has been answered. Usable as a decorator."""
    _on_stopped.append(callback)
    return callback


def register(engine: Closable) -> None:
    """Have *engine*'s sessions closed when the process leaves; the reference is weak."""
    _engines.add(engine)


def is_draining() -> bool:
    """Whether the process is leaving."""
    return _draining


def begin() -> None:
    """From now on :func:`is_draining`."""
    global _draining  # one process, one state
    _draining = True


def announce(seconds: float) -> None:
    """Run the :func:`on_drain` callbacks, for *seconds* at most."""
    _run("on_drain", _on_drain, seconds)


def finish(seconds: float) -> None:
    """Run the :func:`on_stopped` callbacks, for *seconds* at most."""
    _run("on_stopped", _on_stopped, seconds)


def close_sessions(spread: float, grace: float) -> None:
    """Close every session in random order, over *spread* seconds at most."""
    sessions = [(engine, sid) for engine in _engines for sid in engine.open_connections()]
    random.shuffle(sessions)
    step = min(SECONDS_PER_CONNECTION, spread / len(sessions)) if sessions else 0.0
    started = time.monotonic()
    for number, (engine, sid) in enumerate(sessions):
        engine.close_connection(sid, grace=grace)
        ahead = number * step - (time.monotonic() - started)
        if ahead > 0:
            gevent.sleep(ahead * random.uniform(0.5, 1.5))


def sessions_left() -> bool:
    """Whether some session has not ended yet."""
    return any(engine.sockets for engine in _engines)


def _run(name: str, callbacks: Iterable[Callback], seconds: float) -> None:
    finished = False
    with at_most(seconds):
        for callback in callbacks:
            try:
                callback()
            except Exception:
                log.exception("%s callback failed", name)
        finished = True
    if not finished:
        log.warning("%s callbacks took more than %.1f s; going on without them", name, seconds)
