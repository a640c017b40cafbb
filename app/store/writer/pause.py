"""The event loop stands still for the writer's thread, where that is quicker for everybody.

The thread gives up Python's lock with each statement and whenever it waits for the disk, and a loop
that is busy gives it back only every few milliseconds: without a pause a message would take a hundred
times as long, and nothing would be won by it.
"""

from __future__ import annotations

from typing import Any

from gevent.monkey import get_original

# Seconds: for commands at most, and for what takes the thread a moment, to wake up and to commit.
LONGEST = 0.02
A_MOMENT = 0.0001

# Of the operating system, not gevent's.
_new_lock = get_original("_thread", "allocate_lock")
_sleep = get_original("time", "sleep")


class Pause:
    """What the thread is at, by locks that it holds meanwhile."""

    def __init__(self) -> None:
        self.running = _new_lock()  # commands
        self.storing = _new_lock()  # a batch, from its first command to the end of its commit

    def make(self, expected: bool) -> None:
        """Stand still until commands have run, and a moment for their commit. *expected*: whether the
        thread was told to begin, and may not have woken up yet.
        """
        if expected and not self.storing.locked():
            _sleep(A_MOMENT)
        _await(self.running, LONGEST)
        _await(self.storing, A_MOMENT)


def _await(lock: Any, seconds: float) -> None:
    if lock.locked() and lock.acquire(timeout=seconds):
        lock.release()
