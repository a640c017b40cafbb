"""A queue with bounds in messages and in bytes, for one reader that waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from gevent.event import Event

BATCH_BYTES = 64 * 1024
"""Bytes of one write: the unit of the send deadline."""

Item = TypeVar("Item")


class BoundedQueue(Generic[Item]):
    """A bounded queue with one reader at a time: of packets for polls, or of WebSocket frames.

    Items returned by :meth:`take` count as queued until :meth:`settle` reports them as sent.
    Otherwise a writer that is stuck inside a batch would make the queue look empty.

    :param counts: whether an item counts towards *max_messages*; bytes are counted of all.
    """

    __slots__ = (
        "_counted", "_counts", "_in_flight", "_items", "_ready", "_size", "bytes", "finished",
        "max_bytes", "max_messages",
    )  # fmt: skip

    def __init__(
        self,
        max_messages: int,
        max_bytes: int,
        size: Callable[[Item], int],
        counts: Callable[[Item], bool] = lambda _item: True,
    ) -> None:
        self.max_messages = max_messages
        self.max_bytes = max_bytes
        self.bytes = 0
        self.finished = False
        self._size = size
        self._counts = counts
        self._counted = 0
        self._items: deque[Item] = deque()
        self._in_flight: list[Item] = []
        self._ready = Event()

    def __len__(self) -> int:
        return len(self._items) + len(self._in_flight)

    def put(self, item: Item) -> bool:
        """Queues *item*; ``False``, and nothing is queued, when that would exceed a bound."""
        size, counts = self._size(item), self._counts(item)
        full = counts and self._counted >= self.max_messages
        if full or self.bytes + size > self.max_bytes:
            return False
        self._counted += counts
        self._items.append(item)
        self.bytes += size
        self._ready.set()
        return True

    def take(self, timeout: float | None = None, most: int | None = None) -> list[Item]:
        """Waits for items and returns about :data:`BATCH_BYTES` of them, *most* at most.

        Empty when nothing arrived within *timeout* seconds, or when the queue is finished and empty.
        """
        self._wait_for_items(timeout)
        size = 0
        while self._items and size < BATCH_BYTES and len(self._in_flight) != most:
            item = self._items.popleft()
            self._in_flight.append(item)
            size += self._size(item)
        return self._in_flight

    def _wait_for_items(self, timeout: float | None) -> None:
        # A loop: the items that set the event may have been cleared since.
        while not self._items and not self.finished:
            self._ready.clear()
            if not self._ready.wait(timeout) and timeout is not None:
                return

    def settle(self) -> None:
        """Discounts the items that were taken: they have been sent."""
        self.bytes -= sum(map(self._size, self._in_flight))
        self._counted -= sum(map(self._counts, self._in_flight))
        self._in_flight = []

    def finish(self) -> None:
        """Marks the end of the queue: the reader gets the remaining items, then nothing."""
        self.finished = True
        self._ready.set()

    def rest(self) -> list[Item]:
        """Removes and returns every item that has not been taken."""
        left = list(self._items)
        self.clear()
        return left

    def clear(self) -> None:
        """Drops queued items; those that were taken stay with the reader."""
        self._items.clear()
        self.bytes = sum(map(self._size, self._in_flight))
        self._counted = sum(map(self._counts, self._in_flight))
