"""WebSocket framing that no peer can use to hurt the others (RFC 6455).

gevent-websocket reads whatever length a frame announces, keeps every fragment, checks UTF-8
twice in Python and writes without a deadline. This subclass keeps its interface and replaces
the reading and the writing: every length is checked *before* its payload is read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import gevent
from gevent.lock import Semaphore
from geventwebsocket.exceptions import WebSocketError
from geventwebsocket.websocket import Stream
from geventwebsocket.websocket import WebSocket as StockWebSocket

from app.realtime import tcp

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
KNOWN_OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
MAX_CONTROL_PAYLOAD = 125  # RFC 6455 §5.5

# RFC 6455 §7.4.1
NORMAL, GOING_AWAY, PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1000, 1001, 1002, 1007, 1009

FRAMES_BEFORE_YIELDING = 64
"""A peer that sends without a pause never lets ``recv`` block; others still get their turn."""


class Violation(Exception):
    """The peer broke the protocol; *code* goes into our Close frame."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def unmask(key: bytes, payload: bytes) -> bytes:
    """XOR *payload* with the repeated 4-byte *key* (RFC 6455 §5.3) as one big integer."""
    size = len(payload)
    pad = (key * (size // 4 + 1))[:size]
    mixed = int.from_bytes(payload, "little") ^ int.from_bytes(pad, "little")
    return mixed.to_bytes(size, "little")


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """One unfragmented, unmasked frame, as a server sends it (RFC 6455 §5.2)."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, size)
    elif size < 0x10000:
        head = struct.pack("!BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
    return head + payload


def is_close_code(code: int) -> bool:
    """Whether a peer may send *code*: IANA's registry, and 3000–4999 for applications (§7.4.2)."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


class WebSocket(StockWebSocket):  # type: ignore[misc]  # untyped library
    """A server-side WebSocket: one greenlet reads, any number may send.

    *max_message_size* bounds a message's bytes over all its fragments. *on_violation* is told
    of every broken rule, once per connection.
    """

    def __init__(
        self,
        environ: dict[str, Any],
        handler: Any,
        *,
        max_message_size: int,
        send_deadline: float,
        on_violation: Callable[[Violation], None],
    ) -> None:
        # Not super().__init__(): it builds an incremental UTF-8 validator nobody uses here.
        self.environ = environ
        self.handler = handler
        self.closed = False
        self.stream = Stream(handler)
        self.raw_read = self.stream.read
        self.raw_write = self._write
        self.max_message_size = max_message_size
        self.send_deadline = send_deadline
        self.on_violation = on_violation
        self._sock = handler.socket
        self._lock = Semaphore(1)
        self._frames = 0

    def __del__(self) -> None:
        """Stock sends a Close frame from wherever the garbage collector happens to run."""

    # --- reading

    def receive(self) -> str | bytes | None:
        """The next message, or ``None`` when the connection is over for whatever reason."""
        try:
            return self._read_message()
        except Violation as violation:
            if not self.closed:
                self.on_violation(violation)
                self.close(violation.code, violation.reason)
                tcp.linger(self._sock)
        except (EOFError, OSError):
            self.closed = True
        return None

    def _read_message(self) -> str | bytes | None:
        kind, message = CONTINUATION, bytearray()
        while True:
            fin, opcode, size, key = self._read_header(self.max_message_size - len(message))
            if opcode & 0x8:
                if not self._take_control(opcode, self._read_payload(size, key)):
                    return None
                continue
            kind = _continue_message(kind, opcode)
            message += self._read_payload(size, key)
            if fin:
                return _decode(kind, message)

    def _read_header(self, room: int) -> tuple[bool, int, int, bytes]:
        """Read one frame header and refuse it here if anything about it is wrong (§5.2)."""
        self._yield_sometimes()
        first, second = self._read_exactly(2)
        opcode, size = first & 0x0F, second & 0x7F
        if first & 0x70:
            raise Violation(PROTOCOL_ERROR, "reserved bits set without an extension")
        if opcode not in KNOWN_OPCODES:
            raise Violation(PROTOCOL_ERROR, "unknown opcode")
        if not second & 0x80:
            raise Violation(PROTOCOL_ERROR, "client frames must be masked")  # §5.1
        if opcode & 0x8 and (size > MAX_CONTROL_PAYLOAD or not first & 0x80):
            raise Violation(PROTOCOL_ERROR, "control frame too long or fragmented")
        if size == 126:
            size = int.from_bytes(self._read_exactly(2), "big")
        elif size == 127:
            size = int.from_bytes(self._read_exactly(8), "big")
        if not opcode & 0x8 and size > room:
            raise Violation(TOO_BIG, "message too big")
        return bool(first & 0x80), opcode, size, self._read_exactly(4)

    def _yield_sometimes(self) -> None:
        self._frames += 1
        if self._frames % FRAMES_BEFORE_YIELDING == 0:
            gevent.sleep(0)

    def _read_payload(self, size: int, key: bytes) -> bytes:
        return unmask(key, self._read_exactly(size)) if size else b""

    def _read_exactly(self, size: int) -> bytes:
        data: bytes = self.raw_read(size)
        if len(data) != size:
            raise EOFError
        return data

    def _take_control(self, opcode: int, payload: bytes) -> bool:
        """Answer a control frame; ``False`` when it ended the connection (§5.5)."""
        if opcode == CLOSE:
            self._take_close(payload)
            return False
        if opcode == PING and not self.closed:
            self._write(encode_frame(PONG, payload))
        return True

    def _take_close(self, payload: bytes) -> None:
        """Echo the peer's status code (§5.5.1), after checking that it may send it (§7.4)."""
        if not payload:
            return self.close(NORMAL)
        code = int.from_bytes(payload[:2], "big")  # one byte alone makes no valid code either
        if not is_close_code(code):
            raise Violation(PROTOCOL_ERROR, "invalid close code")
        _decode(TEXT, payload[2:])
        return self.close(code)

    # --- writing

    def send(self, message: str | bytes, binary: bool | None = None) -> None:
        """Send one message; raises :class:`WebSocketError` when that is no longer possible."""
        payload = message.encode() if isinstance(message, str) else bytes(message)
        as_binary = not isinstance(message, str) if binary is None else binary
        self.send_frames(encode_frame(BINARY if as_binary else TEXT, payload))

    def send_frames(self, frames: bytes) -> None:
        """Send frames encoded before, in one write."""
        try:
            self._write(frames)
        except OSError as error:
            raise WebSocketError(str(error)) from error

    def _write(self, frames: bytes) -> None:
        # The reader answers pings while another greenlet may be in the middle of a frame.
        with self._lock:
            if self.closed:
                raise OSError("the WebSocket is closed")
            try:
                tcp.send_all(self._sock, frames, self.send_deadline)
            except OSError:
                self.abort()  # half a frame may be out: nothing can follow it
                raise

    def close(self, code: int = NORMAL, message: str | bytes = b"") -> None:
        """Say goodbye and finish sending, without waiting for anyone.

        The peer's own Close, or its FIN, then ends the reader; :meth:`abort` does if neither comes.
        """
        if self.closed:
            return
        self.closed = True
        if self._lock.acquire(blocking=False):
            reason = message.encode() if isinstance(message, str) else message
            tcp.try_send(self._sock, encode_frame(CLOSE, struct.pack("!H", code) + reason[:123]))
            tcp.finish_sending(self._sock)
            self._lock.release()

    def abort(self) -> None:
        """Drop the connection now: wake its greenlets and let the kernel forget unsent bytes."""
        self.closed = True
        tcp.reset(self._sock)


def _continue_message(kind: int, opcode: int) -> int:
    """The kind of the message this data frame belongs to (fragmentation, §5.4)."""
    if opcode == CONTINUATION:
        if kind == CONTINUATION:
            raise Violation(PROTOCOL_ERROR, "continuation of nothing")
        return kind
    if kind != CONTINUATION:
        raise Violation(PROTOCOL_ERROR, "new message inside a fragmented one")
    return opcode


def _decode(kind: int, message: bytes | bytearray) -> str | bytes:
    """Text is checked as UTF-8 once, whole (§8.1)."""
    if kind == BINARY:
        return bytes(message)
    try:
        return message.decode("utf-8")
    except UnicodeDecodeError:
        raise Violation(BAD_DATA, "text is not UTF-8") from None
