"""The packets of a session that polls: each GET fetches those that are queued, or waits for some.

https://socket.io/docs/v4/engine-io-protocol/#http-long-polling
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent
from engineio import packet as eio
from gevent.event import Event

from app.transport.engineio.packets import ProtocolError, is_unsolicited, size_of_packet
from app.transport.engineio.terms import EngineTerms
from app.transport.loop.bounded_queue import BoundedQueue

MAX_PACKETS = 16
"""Per answer: python-engineio's client treats more as an attack and disconnects."""


class LongPoll:
    """The packet queue of a polling session, and the state of its GET and POST requests.

    Acknowledgements do not count towards the queue's bound in messages. Many clients post all
    their events first and fetch the answers afterwards.
    """

    def __init__(self, terms: EngineTerms) -> None:
        self.queue: BoundedQueue[eio.Packet] = BoundedQueue(
            terms.max_queued_messages, terms.max_queued_bytes, size_of_packet, is_unsolicited
        )
        self.is_waited_for = False  # a GET is waiting for its answer
        self._patience = terms.poll_seconds
        self._posting = False
        self._fetched: Event | None = None  # once closed: set when the client has received CLOSE

    def fetch(self) -> list[eio.Packet]:
        """Waits for the packets of one poll; never empty. Raises :class:`ProtocolError`."""
        if self.is_waited_for:
            raise ProtocolError("two polls at once")
        self.is_waited_for = True
        try:
            return self._take()
        finally:
            self.is_waited_for = False

    def _take(self) -> list[eio.Packet]:
        packets = self.queue.take(self._patience, MAX_PACKETS)
        self.queue.settle()
        if packets or self._fetched is None:
            return packets or [eio.Packet(eio.NOOP)]
        self._fetched.set()
        # Alone: the JavaScript client drops the messages that share an answer with CLOSE.
        return [eio.Packet(eio.CLOSE)]

    @contextmanager
    def one_post_at_a_time(self) -> Iterator[None]:
        """Refuses a second POST meanwhile: the order of their packets would be undefined."""
        if self._posting:
            raise ProtocolError("two posts at once")
        self._posting = True
        try:
            yield
        finally:
            self._posting = False

    def rest(self) -> list[eio.Packet]:
        """Ends the waiting poll and returns the packets left, for the WebSocket that takes over."""
        self.queue.finish()
        return self.queue.rest()

    def end(self, abort: bool, grace: float, gone: Callable[[], None]) -> None:
        """Accepts no more packets, and call *gone* when the rest is fetched, or after *grace*."""
        self._fetched = Event()
        self.queue.finish()
        if abort and not self.is_waited_for:
            grace = 0.0  # no request is there to receive CLOSE
        gevent.spawn(self._wait_and_go, self._fetched, grace, gone)

    @staticmethod
    def _wait_and_go(fetched: Event, grace: float, gone: Callable[[], None]) -> None:
        fetched.wait(grace)
        gone()
