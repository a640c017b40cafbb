"""A low-priority queue: at most 1 ms of deferred work per loop iteration.

The loop calls every readable socket before it polls the sockets again. When thousands of clients
reconnect at once, that takes seconds in which no message moves. Handshakes and reads therefore queue
here, and messages, which are short, overtake them (``docs/decisions/0020-messages-overtake.md``).
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from gevent import get_hub
from gevent.hub import Waiter
from greenlet import greenlet

from app.transport.loop.quiet_log import QuietLog

SHARE_SECONDS = 0.001  # of a loop iteration, for queued work

quiet_log = QuietLog(logging.getLogger(__name__))


class UrgentWork(Protocol):
    """Work that takes precedence over the queue: the store's writer."""

    def let_run(self) -> bool:
        """Gives the work its time; true when its results now wait for the loop."""


class Turns:
    """The queue. One per process, on its event loop."""

    def __init__(self) -> None:
        self._line: deque[Callable[[], None]] = deque()  # called in the loop itself
        self._turn_began = 0.0
        self._timer: Any = None
        self._check: Any = None
        self._urgent: UrgentWork | None = None
        self._before_each: list[Callable[[], None]] = []

    def bind(self, urgent: UrgentWork) -> None:
        """Has urgent work called before each queued item. Once it returns true, the present share
        ends with one more item.
        """
        self._urgent = urgent

    def before_each(self, call: Callable[[], None]) -> None:
        """Has *call* called before each share of queued work; it must not raise."""
        self._before_each.append(call)

    def has_time(self) -> bool:
        """Whether a read may be served at once: the queue is empty, and the present loop iteration
        has been short.
        """
        if self._check is None:
            self._begin()
        return not self._line and time.monotonic() - self._turn_began < SHARE_SECONDS

    def spawn(self, function: Callable[..., None], *arguments: Any) -> None:
        """Runs a function in a greenlet of its own, where it may wait, when its turn has come."""
        self._append(partial(_start, function, arguments))

    def wait(self) -> None:
        """Queues the calling greenlet, and returns when its turn has come."""
        if not self.has_time():
            waiter: Waiter[None] = Waiter()
            self._append(partial(waiter.switch, None))
            waiter.get()

    def _append(self, serve: Callable[[], None]) -> None:
        if self._check is None:
            self._begin()
        if not self._line:
            self._timer.start(self._take_some)
        self._line.append(serve)

    def _begin(self) -> None:
        loop: Any = get_hub().loop
        # The lowest priority: after readable sockets and the results of commits.
        self._timer = loop.timer(0.0, priority=loop.MINPRI)
        self._check = loop.check(ref=False)  # called when the loop has polled the sockets
        self._check.start(self._new_turn)
        self._new_turn()

    def _new_turn(self) -> None:
        self._turn_began = time.monotonic()

    def _take_some(self) -> None:
        for call in self._before_each:
            call()
        until = time.monotonic() + SHARE_SECONDS
        self._timer.stop()
        while self._line:
            urgent = self._urgent is not None and self._urgent.let_run()
            self._line.popleft()()  # until it ends or waits
            if urgent or time.monotonic() >= until:
                break
        if self._line:
            self._timer.start(self._take_some)


def _start(function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    greenlet(_guarded, get_hub()).switch(function, arguments)


def _guarded(function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    try:
        function(*arguments)
    except Exception:  # one connection's failure must not affect the others
        quiet_log.exception("A connection's work failed")


turns = Turns()
