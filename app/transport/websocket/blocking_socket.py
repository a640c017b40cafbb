"""A WebSocket that greenlets wait on: for the upgrade from polling, and for the transport on
greenlets (``app/transport/websocket/on_greenlets.py``).

gevent-websocket reads any length that a frame announces, keeps every fragment, checks UTF-8 twice
in Python and writes without a deadline. This subclass keeps its interface and replaces the reading
and the writing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import gevent
from gevent.lock import Semaphore
from geventwebsocket.exceptions import WebSocketError
from geventwebsocket.websocket import WebSocket as StockWebSocket

from app.transport.loop import tcp
from app.transport.websocket.frames import (
    BINARY,
    CLOSE,
    NORMAL,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Violation,
    bytes_of,
    close_frame,
    encode_frame,
    read_close,
)

READ_BYTES = 16 * 1024
FRAMES_BEFORE_YIELDING = 64
"""``recv`` never blocks for a peer that sends without a pause; the yield serves the others."""


class WebSocket(StockWebSocket):  # type: ignore[misc]  # untyped library
    """A server-side WebSocket: one greenlet reads, any number may send.

    *on_violation* receives the broken rule, once per connection.
    """

    def __init__(
        self,
        handler: Any,
        *,
        max_message_size: int,
        send_deadline: float,
        on_violation: Callable[[Violation], None],
    ) -> None:
        # Not super().__init__(): it builds an incremental UTF-8 validator that is not used here.
        self.handler = handler
        self.closed = False
        self.frames = FrameReader(max_message_size)
        self.send_deadline = send_deadline
        self.on_violation = on_violation
        self._sock = handler.socket
        self._lock = Semaphore(1)
        self._taken = 0
        self._take_what_was_read_ahead()

    def __del__(self) -> None:
        """Does nothing: the stock method sends a Close frame from inside the garbage collector."""

    # --- reading

    def receive(self) -> str | bytes | None:
        """Returns the next message, or ``None`` when the connection is over."""
        try:
            return self._receive()
        except Violation as violation:
            if not self.closed:
                self.on_violation(violation)
                self.close(violation.code, violation.reason)
                tcp.linger(self._sock)
        except (EOFError, OSError):
            self.closed = True
        return None

    def _receive(self) -> str | bytes | None:
        while True:
            self._yield_sometimes()
            message = self.frames.next()
            if message is None:
                self._read_more()
                continue
            opcode, content = message
            if opcode == CLOSE:
                self.close(read_close(bytes_of(content)))
                return None
            if opcode == PING and not self.closed:
                self._write(encode_frame(PONG, bytes_of(content)))
            elif opcode in (TEXT, BINARY):
                return content

    def _read_more(self) -> None:
        data: bytes = self._sock.recv(READ_BYTES)
        if not data:
            raise EOFError
        self.frames.feed(data)

    def _take_what_was_read_ahead(self) -> None:
        """Feeds the bytes that the HTTP parser has read beyond the end of the request."""
        self._sock.settimeout(0.0)
        with contextlib.suppress(OSError, ValueError):
            ahead = self.handler.rfile.peek()
            self.frames.feed(self.handler.rfile.read(len(ahead)) if ahead else b"")
        self._sock.settimeout(None)

    def _yield_sometimes(self) -> None:
        self._taken += 1
        if self._taken % FRAMES_BEFORE_YIELDING == 0:
            gevent.sleep(0)

    # --- writing

    def send(self, message: str | bytes, binary: bool | None = None) -> None:
        """Sends one message; raises :class:`WebSocketError` when that is no longer possible."""
        payload = message.encode() if isinstance(message, str) else bytes(message)
        as_binary = not isinstance(message, str) if binary is None else binary
        self.send_frames(encode_frame(BINARY if as_binary else TEXT, payload))

    def send_frames(self, frames: bytes) -> None:
        """Sends frames encoded before, in one write."""
        try:
            self._write(frames)
        except OSError as error:
            raise WebSocketError(str(error)) from error

    def _write(self, frames: bytes) -> None:
        # The reader answers pings while another greenlet may be writing a frame.
        with self._lock:
            if self.closed:
                raise OSError("the WebSocket is closed")
            try:
                tcp.send_all(self._sock, frames, self.send_deadline)
            except OSError:
                self.abort()  # half a frame may have been sent: no other can follow it
                raise

    def close(self, code: int = NORMAL, message: str = "") -> None:
        """Sends a Close frame and FIN, without waiting.

        The peer's Close or FIN then ends the reader; :meth:`abort` does if neither arrives.
        """
        if self.closed:
            return
        self.closed = True
        if self._lock.acquire(blocking=False):
            tcp.try_send(self._sock, close_frame(code, message))
            tcp.finish_sending(self._sock)
            self._lock.release()

    def abort(self) -> None:
        """Resets the connection: its greenlets wake, and the kernel drops unsent bytes."""
        self.closed = True
        tcp.reset(self._sock)

    # --- giving the connection away

    @property
    def is_plain(self) -> bool:
        """Whether the connection is a bare TCP socket, without TLS in this process."""
        return not hasattr(self._sock, "context")

    def detach(self) -> int:
        """Returns the descriptor, which the caller owns; only ``frames`` stays usable here."""
        self.closed = True
        descriptor: int = self.handler.release()
        return descriptor
