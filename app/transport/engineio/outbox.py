"""What one connection has waiting to be sent, counted in messages and in bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from engineio import packet as eio
from gevent.event import Event

from app.transport.websocket.frames import BINARY, TEXT, encode_frame

BATCH_BYTES = 64 * 1024
"""How much is handed to one write: the unit of the send deadline."""

Item = TypeVar("Item")


def wire_frame(packet: eio.Packet) -> bytes:
    """The packet as a WebSocket frame, encoded once however many connections it goes to."""
    frame: bytes | None = getattr(packet, "wire_frame", None)
    if frame is None:
        encoded: str | bytes = packet.encode()
        if isinstance(encoded, str):
            frame = encode_frame(TEXT, encoded.encode())
        else:
            frame = encode_frame(BINARY, encoded)
        packet.wire_frame = frame
    return frame


def size_of_packet(packet: Any) -> int:
    """Bytes on the wire of an Engine.IO packet."""
    return len(wire_frame(packet))


def is_unasked(packet: eio.Packet) -> bool:
    """Whether a packet tells what its reader has not asked for: Socket.IO's type 3 acknowledges."""
    return packet.packet_type != eio.MESSAGE or packet.data[:1] not in ("3", b"3")


class Outbox(Generic[Item]):
    """A bounded queue with one reader at a time: of packets for polls, or of WebSocket frames.

    What :meth:`take` has handed out still counts as waiting until :meth:`settle` says that it
    was sent: a writer stuck in the middle of a batch must not make the queue look empty.

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
        """Queue *item*; ``False``, and nothing is queued, when that would exceed a bound."""
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
        """Wait for items and take about :data:`BATCH_BYTES` of them, *most* at most.

        Empty when nothing came in time, or when the queue is finished and used up.
        """
        self._wait_for_items(timeout)
        size = 0
        while self._items and size < BATCH_BYTES and len(self._in_flight) != most:
            item = self._items.popleft()
            self._in_flight.append(item)
            size += self._size(item)
        return self._in_flight

    def _wait_for_items(self, timeout: float | None) -> None:
        # A loop, for what woke us may have been cleared since.
        while not self._items and not self.finished:
            self._ready.clear()
            if not self._ready.wait(timeout) and timeout is not None:
                return

    def settle(self) -> None:
        """What was taken has been sent."""
        self.bytes -= sum(map(self._size, self._in_flight))
        self._counted -= sum(map(self._counts, self._in_flight))
        self._in_flight = []

    def finish(self) -> None:
        """No more is coming: the reader gets what is left, then nothing."""
        self.finished = True
        self._ready.set()

    def rest(self) -> list[Item]:
        """Everything nobody has taken; the queue is empty afterwards."""
        left = list(self._items)
        self.clear()
        return left

    def clear(self) -> None:
        """Forget what is waiting; what was taken is the reader's."""
        self._items.clear()
        self.bytes = sum(map(self._size, self._in_flight))
        self._counted = sum(map(self._counts, self._in_flight))
