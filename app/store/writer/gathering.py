"""Delays a batch until the event loop is idle, so that more commands share its commit.

Clients that were just answered may have written again by then. The cost of a commit does not depend
on its size. Python runs one thread at a time, so an earlier start would take CPU time from the loop
(docs/decisions/0021).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Seconds until a batch begins on a loop that is never idle; its current iteration ends first.
LONGEST = 0.001


class Gathering:
    """The interval in which commands are collected. *begin* is called at its end."""

    __slots__ = ("_begin", "_idle", "_late", "active")

    def __init__(self, loop: Any, begin: Callable[[], None]) -> None:
        self.active = False
        self._begin = begin
        self._idle = loop.idle()
        self._late = loop.timer(LONGEST)

    def start(self) -> None:
        """Begins the interval, with the first command."""
        self.active = True
        self._idle.start(self.end)
        self._late.start(self.end)

    def end(self) -> None:
        """Ends the interval at once."""
        self._idle.stop()
        self._late.stop()
        self.active = False
        self._begin()
