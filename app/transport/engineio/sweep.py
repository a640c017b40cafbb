"""One greenlet for the clocks of all sessions: pings, ping timeouts, deadlines."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import gevent

if TYPE_CHECKING:
    from app.transport.engineio.engine import Engine

SESSIONS_BETWEEN_PAUSES = 500


def sweep_for_ever(engine: Engine) -> None:
    """Have every session look at its clocks, about once a second."""
    tick = min(1.0, engine.ping_interval / 5, engine.ping_timeout / 5, engine.connect_deadline / 5)
    before = time.monotonic()
    while True:
        gevent.sleep(tick)
        now = time.monotonic()
        # After a long pause of the whole process, pongs may be waiting unread.
        late = now - before - tick
        _sweep(engine, now, late if late > 1.0 else 0.0)
        before = now


def _sweep(engine: Engine, now: float, late: float) -> None:
    for number, session in enumerate(list(engine.sockets.values())):
        session.check(now, late)
        if number % SESSIONS_BETWEEN_PAUSES == SESSIONS_BETWEEN_PAUSES - 1:
            gevent.sleep(0)
