"""What one connection has waiting to be sent, counted in messages and in bytes."""

from __future__ import annotations

from collections import deque

from engineio import packet as eio
from gevent.event import Event

from app.realtime.websocket import BINARY, TEXT, encode_frame

BATCH_BYTES = 64 * 1024
"""How much is handed to one write: the unit of the send deadline."""


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


class Outbox:
    """A bounded queue with one reader at a time.

    What :meth:`take` has handed out still counts as waiting until :meth:`settle` says that it
    was sent: a writer stuck in the middle of a batch must not make the queue look empty.
    """

    __slots__ = (
        "_in_flight",
        "_packets",
        "_ready",
        "bytes",
        "finished",
        "max_bytes",
        "max_messages",
    )

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self.max_messages = max_messages
        self.max_bytes = max_bytes
        self.bytes = 0
        self.finished = False
        self._packets: deque[eio.Packet] = deque()
        self._in_flight: list[eio.Packet] = []
        self._ready = Event()

    def __len__(self) -> int:
        return len(self._packets) + len(self._in_flight)

    def put(self, packet: eio.Packet, force: bool = False) -> bool:
        """Queue *packet*; ``False``, and nothing is queued, when that would exceed a bound."""
        size = len(wire_frame(packet))
        full = len(self) >= self.max_messages or self.bytes + size > self.max_bytes
        if full and not force:
            return False
        self._packets.append(packet)
        self.bytes += size
        self._ready.set()
        return True

    def take(self, timeout: float | None = None) -> list[eio.Packet]:
        """Wait for packets and take about :data:`BATCH_BYTES` of them.

        Empty when nothing came in time, or when the queue is finished and used up.
        """
        self._wait_for_packets(timeout)
        size = 0
        while self._packets and size < BATCH_BYTES:
            packet = self._packets.popleft()
            self._in_flight.append(packet)
            size += len(wire_frame(packet))
        return self._in_flight

    def _wait_for_packets(self, timeout: float | None) -> None:
        # A loop, for what woke us may have been cleared since.
        while not self._packets and not self.finished:
            self._ready.clear()
            if not self._ready.wait(timeout) and timeout is not None:
                return

    def settle(self) -> None:
        """What was taken has been sent."""
        self.bytes -= sum(len(wire_frame(packet)) for packet in self._in_flight)
        self._in_flight = []

    def finish(self) -> None:
        """No more is coming: the reader gets what is left, then nothing."""
        self.finished = True
        self._ready.set()

    def clear(self) -> None:
        """Forget what is waiting; what was taken is the reader's."""
        self._packets.clear()
        self.bytes = sum(len(wire_frame(packet)) for packet in self._in_flight)
