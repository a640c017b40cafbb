"""When a batch begins: once the event loop has nothing else to do.

Whoever has just been answered may have written again by then. A commit costs the same whatever it
holds, and Python runs one thread at a time: beginning earlier would take from the loop what it gives
the writer (docs/decisions/0021).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Seconds: a loop that always has something to do goes on no longer than this, or its present turn.
LONGEST = 0.001


class Gathering:
    """The time in which commands come together. *begin* is called when it is over."""

    __slots__ = ("_begin", "_idle", "_late", "active")

    def __init__(self, loop: Any, begin: Callable[[], None]) -> None:
        self.active = False
        self._begin = begin
        self._idle = loop.idle()
        self._late = loop.timer(LONGEST)

    def start(self) -> None:
        """The first command has come."""
        self.active = True
        self._idle.start(self.end)
        self._late.start(self.end)

    def end(self) -> None:
        """It is over, at once."""
        self._idle.stop()
        self._late.stop()
        self.active = False
        self._begin()
