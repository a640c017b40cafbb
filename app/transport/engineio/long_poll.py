"""What is sent to a session that polls: it waits until the next GET fetches it.

https://socket.io/docs/v4/engine-io-protocol/#http-long-polling
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import gevent
from engineio import packet as eio
from gevent.event import Event

from app.transport.engineio.polling import ProtocolError

if TYPE_CHECKING:
    from app.transport.engineio.engine import Engine

MAX_PACKETS = 16
"""In one answer: python-engineio's client takes more for an attack, and hangs up."""


class LongPoll:
    """The outbox of a polling session, and who is waiting at it."""

    def __init__(self, engine: Engine) -> None:
        self.outbox = engine.new_outbox()
        self.is_waited_for = False  # a GET is there and has not been answered
        self._patience = engine.ping_interval + engine.ping_timeout
        self._posting = False
        self._fetched: Event | None = None  # once closed: set when the client has been told

    def fetch(self) -> list[eio.Packet]:
        """Wait for packets for one poll; never empty. Raises :class:`ProtocolError`."""
        if self.is_waited_for:
            raise ProtocolError("two polls at once")
        self.is_waited_for = True
        try:
            return self._take()
        finally:
            self.is_waited_for = False

    def _take(self) -> list[eio.Packet]:
        packets = self.outbox.take(self._patience, MAX_PACKETS)
        self.outbox.settle()
        if packets or self._fetched is None:
            return packets or [eio.Packet(eio.NOOP)]
        self._fetched.set()
        # Alone: the JavaScript client drops the messages that come in one answer with it.
        return [eio.Packet(eio.CLOSE)]

    @contextmanager
    def one_post_at_a_time(self) -> Iterator[None]:
        """For while a POST is handled: the order of two would be anybody's guess."""
        if self._posting:
            raise ProtocolError("two posts at once")
        self._posting = True
        try:
            yield
        finally:
            self._posting = False

    def rest(self) -> list[eio.Packet]:
        """What nobody has fetched, for the WebSocket that takes over. A waiting poll ends empty."""
        self.outbox.finish()
        return self.outbox.rest()

    def end(self, abort: bool, grace: float, gone: Callable[[], None]) -> None:
        """Take no more; call *gone* when the client has fetched what is left, or after *grace*."""
        self._fetched = Event()
        self.outbox.finish()
        if abort and not self.is_waited_for:
            grace = 0.0  # nobody is there to be told
        gevent.spawn(self._wait_and_go, self._fetched, grace, gone)

    @staticmethod
    def _wait_and_go(fetched: Event, grace: float, gone: Callable[[], None]) -> None:
        fetched.wait(grace)
        gone()
