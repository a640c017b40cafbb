"""Whose turn it is on the event loop, when there is more to do than fits into one.

The loop calls everybody whose socket can be read before it looks at the sockets again. When five
thousand clients come back at once, that is seconds, in which nobody's message moves on. So what may
wait, a handshake or a read, stands in line here, and each turn of the loop takes a little of it:
messages, which are short, overtake.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from gevent import get_hub
from gevent.hub import Waiter
from greenlet import greenlet

from app.transport.loop.quiet_log import QuietLog
from app.transport.websocket.frame_writer import flush_all

SHARE_SECONDS = 0.001  # of a turn, for those who stand in line

quiet_log = QuietLog(logging.getLogger(__name__))


class Turns:
    """The line. One per process, on its event loop."""

    def __init__(self) -> None:
        self._line: deque[Callable[[], None]] = deque()  # called in the loop itself
        self._turn_began = 0.0
        self._timer: Any = None
        self._check: Any = None
        self._let_others: Callable[[], bool] = lambda: False

    def let_first(self, others: Callable[[], bool]) -> None:
        """Have a function called before somebody in line is served. Once it returns true, the loop
        has something to do that comes first, and the turn of those in line is over with one more.
        """
        self._let_others = others

    def has_time(self) -> bool:
        """Whether a read may be served here and now: nobody stands in line, and the present turn
        has not been long.
        """
        if self._check is None:
            self._begin()
        return not self._line and time.monotonic() - self._turn_began < SHARE_SECONDS

    def spawn(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run a function in a greenlet of its own, where it may wait, when its turn has come."""
        self._append(partial(_start, function, arguments))

    def wait(self) -> None:
        """Stand in line: return when the turn of the greenlet that calls this has come."""
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
        # Behind whatever else a turn brings: messages to be read, and news of commits.
        self._timer = loop.timer(0.0, priority=loop.MINPRI)
        self._check = loop.check(ref=False)  # the loop has looked at the sockets
        self._check.start(self._new_turn)
        self._new_turn()

    def _new_turn(self) -> None:
        self._turn_began = time.monotonic()

    def _take_some(self) -> None:
        flush_all()  # what this turn has said
        until = time.monotonic() + SHARE_SECONDS
        self._timer.stop()
        while self._line:
            urgent = self._let_others()
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
    except Exception:  # one connection's trouble is not the others'
        quiet_log.exception("A connection's work failed")


turns = Turns()
