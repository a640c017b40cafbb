"""The fallback WebSocket transport: one greenlet reads, another writes.

Used where :mod:`app.transport.websocket.on_watchers` cannot take the descriptor over (TLS inside this
process, an event loop without watchers), or where ``TRANSPORT`` switches it off. Same interface, same
bounds; more memory and more work per message.
"""

from __future__ import annotations

from collections.abc import Sequence

import gevent
from gevent.event import Event
from geventwebsocket.exceptions import WebSocketError

from app.transport.loop.bounded_queue import BoundedQueue
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import NORMAL, FrameReader
from app.transport.websocket.on_watchers import LINGER_SECONDS, TransportListener


class GreenletTransport:
    """One WebSocket connection, served by the greenlet that calls :meth:`start`."""

    waits = True  # the listener may wait while it handles a message

    def __init__(
        self, websocket: WebSocket, listener: TransportListener, queue: BoundedQueue[bytes]
    ) -> None:
        self._websocket = websocket
        self._listener = listener
        self._queue = queue
        self._code = NORMAL
        self._written = Event()
        self._read = Event()

    @property
    def frames(self) -> FrameReader:
        """The reader of the peer's frames; it bounds the size of a message."""
        reader: FrameReader = self._websocket.frames
        return reader

    def start(self) -> None:
        """Serves until the connection ends."""
        writer = gevent.spawn(self._write_all)
        try:
            while (message := self._websocket.receive()) is not None:
                self._listener.message_received(message)
        finally:
            self._listener.connection_lost(None)
            self._queue.finish()
            self._read.set()
            # pywsgi closes the descriptor next: no greenlet may still be waiting on it.
            writer.join(LINGER_SECONDS)
            if not writer.dead:
                self._websocket.abort()
                writer.join()
            self._listener.connection_closed()

    def _write_all(self) -> None:
        try:
            while frames := self._queue.take():
                self._websocket.send_frames(b"".join(frames))
                self._queue.settle()
        except WebSocketError:
            pass  # the reading greenlet fails as well
        finally:
            self._websocket.close(self._code)
            self._written.set()

    def write(self, frame: bytes) -> bool:
        """Queues a frame; ``False``, and nothing is queued, when the reader is too far behind."""
        return self._queue.put(frame)

    def write_row(self, frames: Sequence[bytes], _joined: bytes) -> bool:
        """Queues several frames; returns as :meth:`write` does."""
        return all(map(self.write, frames))

    def forget_unsent(self) -> None:
        """Drops the queued frames."""
        self._queue.clear()

    def stalled(self, _now: float, _late: float) -> bool:
        """Never: every write has a deadline of its own."""
        return False

    def pause(self) -> None:
        """Does nothing: it reads the next message when the listener has handled this one."""

    def resume(self) -> None:
        """Does nothing."""

    def end(self, code: int = NORMAL, _reason: str = "", grace: float = 0.0) -> None:
        """Sends the queue within *grace* seconds and a Close frame; then waits for the peer."""
        self._code = code
        self._queue.finish()
        gevent.spawn(self._tear_down, grace)

    def _tear_down(self, grace: float) -> None:
        if self._written.wait(grace):
            self._read.wait(LINGER_SECONDS)
        if not self._read.ready():
            self._websocket.abort()

    def abort(self) -> None:
        """Resets the connection."""
        self._websocket.abort()
