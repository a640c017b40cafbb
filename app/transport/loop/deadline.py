"""Deadlines on the event loop's monotonic clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gevent

SLOWEST_RATE = 8 * 1024
"""Bytes per second below which a peer counts as stalled rather than slow."""


def patience(seconds: float, size: int) -> float:
    """Returns the seconds that *size* bytes may take: *seconds*, plus their time at the slowest rate."""
    return seconds + size / SLOWEST_RATE


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Runs the block for *seconds* at most, then continue after it without an error."""
    with gevent.Timeout(seconds, False):  # type: ignore[arg-type]  # the stubs forget False
        yield
