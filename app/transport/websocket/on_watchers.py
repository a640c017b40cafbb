"""The WebSocket transport on two watchers of the event loop, without a greenlet that waits.

A greenlet per connection costs a stack and a switch per message. Here the loop calls the transport
when a socket is readable or, if its reader is slow, writable
(:mod:`app.transport.websocket.frame_writer`; ``docs/decisions/0018-watchers-instead-of-greenlets.md``).

Everything runs in the loop itself, so nothing here may wait. Protocol: RFC 6455, read by
:mod:`app.transport.websocket.frames`. The HTTP handler gives its descriptor away.
"""

from __future__ import annotations

import _socket  # the plain one: monkey patching replaces what the module socket calls a socket
import struct
from typing import Any, Protocol

from gevent import get_hub

from app.transport.loop.turns import turns
from app.transport.websocket.frame_writer import FrameWriter
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

READ_BYTES = 16 * 1024  # per read, so that a client sending without a pause leaves time to others
TURN_MESSAGES = 32  # taken from one connection before the others are served
LINGER_SECONDS = 1.0
LINGER_BYTES = 16 * 1024 * 1024
READABLE = 1  # libev's EV_READ


class TransportListener(Protocol):
    """The session above a transport: an Engine.IO session."""

    __slots__ = ()

    def message_received(self, message: str | bytes) -> None:
        """Handles one message."""

    def connection_lost(self, violation: Violation | None) -> None:
        """Called once, when the peer has left or broken the protocol: no message follows."""

    def connection_closed(self) -> None:
        """Called once, last, when the descriptor is closed."""


class WatcherTransport(FrameWriter):
    """One WebSocket connection on the event loop.

    :param descriptor: a connected socket after its WebSocket handshake; closed by this object.
    :param frames: the reader, with the bytes read ahead.
    :param limits: see :class:`~app.transport.websocket.frame_writer.FrameWriter`.
    """

    waits = False  # the listener is called by the loop, where nothing may wait

    __slots__ = ("_lingered", "_listener", "_reader", "_timer", "frames", "paused")

    def __init__(
        self,
        descriptor: int,
        listener: TransportListener,
        frames: FrameReader,
        limits: tuple[int, int, float],
    ) -> None:
        sock = _socket.socket(fileno=descriptor)
        sock.setblocking(False)
        super().__init__(sock, limits)
        self._listener = listener
        self.frames = frames
        self.paused = False
        self._lingered = 0
        self._timer: Any = None
        self._reader = get_hub().loop.io(descriptor, READABLE)

    def start(self) -> None:
        """Begins to read, starting with the bytes read ahead."""
        self._reader.start(self._readable)
        self._take_messages()

    # --- reading

    def _readable(self) -> None:
        try:
            data = self._sock.recv(READ_BYTES) if self._sock is not None else b""
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            # Thousands may disconnect at once, and their clean-up can wait.
            self._reader.stop()
            turns.spawn(self._broken)
        elif self._ending:
            self._drop(data)
        else:
            self.frames.feed(data)
            self._take_messages()

    def _take_messages(self) -> None:
        """Hands on the messages read, at most :data:`TURN_MESSAGES` per loop iteration."""
        taken = 0
        try:
            while not (self.paused or self._ending) and (message := self.frames.next()):
                self._take(*message)
                taken += 1
                if taken == TURN_MESSAGES:
                    return self._go_on_next_turn()
        except Violation as violation:
            self._lose(violation)
            self.end(violation.code, violation.reason, LINGER_SECONDS)

    def _go_on_next_turn(self) -> None:
        self._reader.stop()
        get_hub().loop.run_callback(self._read_on)

    def _read_on(self) -> None:
        if self._sock is not None and not self.paused:
            self._reader.start(self._readable)
            self._take_messages()

    def _take(self, opcode: int, content: str | bytes) -> None:
        if opcode in (TEXT, BINARY):
            self._listener.message_received(content)
        elif opcode == PING:
            self.write(encode_frame(PONG, bytes_of(content)))
        elif opcode == CLOSE:
            code = read_close(bytes_of(content))
            self._lose(None)
            self.end(code, "", LINGER_SECONDS)

    def pause(self) -> None:
        """Stops reading until :meth:`resume`: the queued messages have to be handled first."""
        if not self.paused:
            self.paused = True
            self._reader.stop()

    def resume(self) -> None:
        """Continues reading."""
        if self.paused:
            self.paused = False
            self._read_on()

    def _drop(self, data: bytes) -> None:
        """Discards input. Closing with unread input would make the kernel send RST, which can
        overtake the frames that explain the close (RFC 9112 §9.6).
        """
        self._lingered += len(data)
        if self._lingered > LINGER_BYTES:
            self._shut()

    def _broken(self) -> None:
        self._lose(None)
        self._shut()

    def _caught_up(self) -> None:
        if self._ending:
            self._finish_sending()

    def _lose(self, violation: Violation | None) -> None:
        if not self._ending:
            self._ending = True
            self._listener.connection_lost(violation)

    # --- the end

    def end(self, code: int = NORMAL, reason: str = "", grace: float = 0.0) -> None:
        """Sends the pending frames and a Close frame, then waits for the peer to disconnect.

        After *grace* seconds for the sending and one more for the peer, the connection is reset.
        """
        self._ending = True
        if self._sock is None or self._timer is not None:
            return
        if self.paused:
            self.resume()  # to see the peer's FIN
        self.flush()
        self._timer = get_hub().loop.timer(max(grace, 0.001))
        self._timer.start(self.abort)
        if self._unsent is not None:
            self._unsent.push(close_frame(code, reason))
        elif self._sock is not None:
            self._pending = [close_frame(code, reason)]
            self.flush()
            if self._unsent is None:
                self._finish_sending()

    def _finish_sending(self) -> None:
        """Sends FIN behind the last frame; the peer has :data:`LINGER_SECONDS` to answer it."""
        if self._sock is None:
            return
        try:
            self._sock.shutdown(_socket.SHUT_WR)
        except OSError:
            self._shut()
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
        self._timer = get_hub().loop.timer(LINGER_SECONDS)
        self._timer.start(self._shut)

    def abort(self) -> None:
        """Resets the connection: unsent frames are dropped."""
        if self._sock is not None:
            self._sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._lose(None)
            self._shut()

    def _shut(self) -> None:
        """Releases the socket, the watchers and the timer; the last step."""
        sock, self._sock = self._sock, None
        if sock is None:
            return
        self._reader.stop()
        self._reader.close()
        self._drop_unsent()
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
        self._pending = []
        sock.close()
        self._listener.connection_closed()
