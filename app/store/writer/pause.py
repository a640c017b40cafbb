"""Blocks the loop briefly so that the writer thread gets the GIL.

The thread releases the GIL with each statement and while it waits for the disk. A busy loop returns
it only every few milliseconds, which would delay a message a hundredfold without any gain.
"""

from __future__ import annotations

from typing import Any

from gevent.monkey import get_original

# Seconds: the longest wait for commands, and the wait for the thread to wake up or to commit.
LONGEST = 0.02
A_MOMENT = 0.0001

# The operating system's, not gevent's.
_new_lock = get_original("_thread", "allocate_lock")
_sleep = get_original("time", "sleep")


class Pause:
    """Locks that the writer thread holds while it works, for the loop to wait on."""

    def __init__(self) -> None:
        self.running = _new_lock()  # held while commands run
        self.storing = _new_lock()  # held from the first command of a batch until its commit ends

    def make(self, expected: bool) -> None:
        """Blocks until the commands of a batch have run, and briefly for their commit.

        *expected*: whether the thread was signalled and may not have woken up yet.
        """
        if expected and not self.storing.locked():
            _sleep(A_MOMENT)
        _await(self.running, LONGEST)
        _await(self.storing, A_MOMENT)


def _await(lock: Any, seconds: float) -> None:
    if lock.locked() and lock.acquire(timeout=seconds):
        lock.release()
