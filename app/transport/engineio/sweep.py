"""One greenlet for the clocks of all sessions: pings, ping timeouts, deadlines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Protocol

import gevent

SESSIONS_BETWEEN_PAUSES = 500


class Clocked(Protocol):
    """A session with deadlines."""

    __slots__ = ()

    def check(self, now: float, late: float) -> None:
        """Acts on the clocks at the monotonic time *now*; the process was stopped for *late* s."""


def sweep_for_ever(sessions: Mapping[str, Clocked], tick: float) -> None:
    """Has every session check its clocks, every *tick* seconds."""
    before = time.monotonic()
    while True:
        gevent.sleep(tick)
        now = time.monotonic()
        # After a long pause of the whole process, pongs may have arrived unread.
        late = now - before - tick
        _sweep(sessions, now, late if late > 1.0 else 0.0)
        before = now


def _sweep(sessions: Mapping[str, Clocked], now: float, late: float) -> None:
    for number, session in enumerate(list(sessions.values())):
        session.check(now, late)
        if number % SESSIONS_BETWEEN_PAUSES == SESSIONS_BETWEEN_PAUSES - 1:
            gevent.sleep(0)
