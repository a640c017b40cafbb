"""The sending half of a connection on the event loop.

Frames written during one loop iteration leave at its end, joined, in one system call per connection
(:func:`flush_all`). Frames that the kernel does not accept wait, bounded, behind a write watcher.
"""

from __future__ import annotations

import _socket  # the plain one: monkey patching replaces what the module socket calls a socket
import logging
import time
from collections.abc import Sequence
from itertools import islice

from gevent import get_hub

from app.transport.loop.deadline import patience
from app.transport.loop.quiet_log import QuietLog
from app.transport.loop.turns import turns
from app.transport.websocket.write_buffer import WriteBuffer

JOIN_FRAMES = 64  # the most frames before they are sent within a loop iteration
CHUNK_BYTES = 64 * 1024  # the unit of the send deadline
WRITABLE = 2  # libev's EV_WRITE

quiet_log = QuietLog(logging.getLogger(__name__))


class FrameWriter:
    """Writes frames to a non-blocking socket.

    :param limits: frames, and bytes, that may wait for a slow reader; and the seconds in which
        it must read the next :data:`CHUNK_BYTES`.
    """

    __slots__ = ("_ending", "_pending", "_sock", "_unsent", "limits")

    def __init__(self, sock: _socket.socket, limits: tuple[int, int, float]) -> None:
        self._sock: _socket.socket | None = sock
        self.limits = limits
        self._ending = False  # no data frame is read or written any more
        self._pending: list[bytes] = []
        self._unsent: WriteBuffer | None = None

    def _broken(self) -> None:
        """Called when the connection cannot be written to any more."""
        raise NotImplementedError

    def _caught_up(self) -> None:
        """Called when the write buffer is empty again."""

    def write(self, frame: bytes) -> bool:
        """Sends a frame at the end of this loop iteration; ``False``, and nothing is queued, when the
        reader is too far behind.
        """
        if self._ending:
            return True
        if self._unsent is not None:
            return self._queue(self._unsent, frame)
        pending = self._pending
        if not pending:
            _dirty.append(self)
            if len(_dirty) == 1:
                get_hub().loop.run_callback(flush_all)
        pending.append(frame)
        if len(pending) >= JOIN_FRAMES or len(frame) >= CHUNK_BYTES:
            self.flush()
        return True

    def write_row(self, frames: Sequence[bytes], joined: bytes) -> bool:
        """Sends several frames, given joined as well. A slow reader's frames are queued one by one,
        because its limit counts frames. Returns as :meth:`write` does.
        """
        if self._unsent is None:
            return self.write(joined)
        return all(map(self.write, frames))

    def _queue(self, unsent: WriteBuffer, frame: bytes) -> bool:
        max_messages, max_bytes, _ = self.limits
        if len(unsent.chunks) >= max_messages or unsent.bytes + len(frame) > max_bytes:
            return False
        unsent.push(frame)
        return True

    def flush(self) -> None:
        """Hands the pending frames to the kernel."""
        pending = self._pending
        if not pending or self._sock is None:
            return
        data = pending[0] if len(pending) == 1 else b"".join(pending)
        self._pending = []
        try:
            sent = self._sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._broken()
            return
        if sent != len(data):
            self._stall(data[sent:])

    def _stall(self, rest: bytes) -> None:
        assert self._sock is not None
        watcher = get_hub().loop.io(self._sock.fileno(), WRITABLE)
        self._unsent = WriteBuffer(rest, watcher, self._next_deadline())
        watcher.start(self._writable)

    def _next_deadline(self) -> float:
        return time.monotonic() + patience(self.limits[2], CHUNK_BYTES)

    def _writable(self) -> None:
        unsent = self._unsent
        if unsent is None or self._sock is None:
            return
        try:
            while unsent.chunks:
                unsent.shift(self._sock.sendmsg(list(islice(unsent.chunks, JOIN_FRAMES))))
                unsent.deadline = self._next_deadline()
        except BlockingIOError:
            return
        except OSError:
            self._broken()
            return
        self._drop_unsent()
        self._caught_up()

    def _drop_unsent(self) -> None:
        if self._unsent is not None:
            self._unsent.watcher.stop()
            self._unsent.watcher.close()
            self._unsent = None

    def forget_unsent(self) -> None:
        """Drops unsent frames, except for one that has been sent in part."""
        if self._unsent is not None:
            self._unsent.forget_unsent()

    def stalled(self, now: float, late: float) -> bool:
        """Whether the reader missed its deadline, which moves by the *late* s the process stood still."""
        if self._unsent is None:
            return False
        self._unsent.deadline += late
        return now > self._unsent.deadline


_dirty: list[FrameWriter] = []  # writers with pending frames in this loop iteration


def flush_all() -> None:
    """Flushes every writer with pending frames: once per loop iteration, not once per message."""
    writers = _dirty[:]
    _dirty.clear()
    for writer in writers:
        try:
            writer.flush()
        except Exception:  # one connection's failure must not affect the others
            quiet_log.exception("A connection could not be written to")


turns.before_each(flush_all)
