"""The WebSocket transport: two watchers of the event loop, and no greenlet that waits.

A greenlet per connection costs a stack and a switch per message; here the loop calls us when a
socket can be read or, if its reader is slow, written (:mod:`app.transport.websocket.frame_writer`).

Everything runs in the loop itself, so nothing here may wait. Protocol: RFC 6455, read by
:mod:`app.transport.websocket.frames`. The descriptor is a plain socket taken over from the HTTP handler.
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

READ_BYTES = 16 * 1024  # at once, so that somebody who sends without a pause leaves turns to others
TURN_MESSAGES = 32  # taken from one connection before the others have their turn
LINGER_SECONDS = 1.0
LINGER_BYTES = 16 * 1024 * 1024
READABLE = 1  # libev's EV_READ


class Owner(Protocol):
    """What a transport belongs to: an Engine.IO session."""

    def arrived(self, message: str | bytes) -> None:
        """A message came."""

    def lost(self, violation: Violation | None) -> None:
        """Nothing more will come: the peer is gone, or broke the protocol. Called once."""

    def gone(self) -> None:
        """The descriptor is closed. Called once, last."""


class WatcherTransport(FrameWriter):
    """One WebSocket connection on the event loop.

    :param descriptor: of a connected socket whose WebSocket handshake is complete; ours from now on.
    :param frames: with what was read ahead.
    :param limits: see :class:`~app.transport.websocket.frame_writer.FrameWriter`.
    """

    waits = False  # the owner is called by the loop, where nothing may wait

    __slots__ = ("_lingered", "_owner", "_reader", "_timer", "frames", "paused")

    def __init__(
        self, descriptor: int, owner: Owner, frames: FrameReader, limits: tuple[int, int, float]
    ) -> None:
        sock = _socket.socket(fileno=descriptor)
        sock.setblocking(False)
        super().__init__(sock, limits)
        self._owner = owner
        self.frames = frames
        self.paused = False
        self._lingered = 0
        self._timer: Any = None
        self._reader = get_hub().loop.io(descriptor, READABLE)

    def start(self) -> None:
        """Begin to read, with what had been read ahead."""
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
            # Thousands may go at once, and what that takes can wait.
            self._reader.stop()
            turns.spawn(self._broken)
        elif self._ending:
            self._drop(data)
        else:
            self.frames.feed(data)
            self._take_messages()

    def _take_messages(self) -> None:
        """Take what has been read, but not more than a turn's share of it."""
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
            self._owner.arrived(content)
        elif opcode == PING:
            self.write(encode_frame(PONG, bytes_of(content)))
        elif opcode == CLOSE:
            code = read_close(bytes_of(content))
            self._lose(None)
            self.end(code, "", LINGER_SECONDS)

    def pause(self) -> None:
        """Read no more until :meth:`resume`: what has been read has to be worked off first."""
        if not self.paused:
            self.paused = True
            self._reader.stop()

    def resume(self) -> None:
        """Read on."""
        if self.paused:
            self.paused = False
            self._read_on()

    def _drop(self, data: bytes) -> None:
        """Read and forget. Closing with unread input would make the kernel send RST, which can
        overtake the frames that say why we hang up (RFC 9112 §9.6).
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
            self._owner.lost(violation)

    # --- the end

    def end(self, code: int = NORMAL, reason: str = "", grace: float = 0.0) -> None:
        """Send what is pending and a Close frame, then wait for the peer to hang up.

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
        """FIN behind the last frame; then the peer has a moment to answer it."""
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
        """Reset the connection: what a stalled reader has not taken is dropped."""
        if self._sock is not None:
            self._sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._lose(None)
            self._shut()

    def _shut(self) -> None:
        """Give everything back; the last thing that happens."""
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
        self._owner.gone()
