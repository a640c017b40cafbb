"""WebSocket frames (RFC 6455 §5): bytes in, messages out, no input or output of its own.

Every length is checked before its payload arrives, so a peer can make the server hold at most one
message of the allowed size.
"""

from __future__ import annotations

import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
KNOWN_OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
MAX_CONTROL_PAYLOAD = 125  # §5.5

# §7.4.1
NORMAL, GOING_AWAY, PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1000, 1001, 1002, 1007, 1009

Message = tuple[int, "str | bytes"]


class Violation(Exception):
    """The peer broke the protocol; *code* goes into the server's Close frame."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """Returns one unfragmented, unmasked frame, as a server sends it (§5.2)."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, size)
    elif size < 0x10000:
        head = struct.pack("!BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
    return head + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """Returns a Close frame (§5.5.1); a long reason is truncated."""
    return encode_frame(CLOSE, struct.pack("!H", code) + reason.encode()[:123])


def read_close(payload: bytes) -> int:
    """Returns the code to echo for a Close frame; raises :class:`Violation` for invalid ones (§7.4)."""
    if not payload:
        return NORMAL
    code = int.from_bytes(payload[:2], "big")  # one byte alone makes no valid code either
    if not is_close_code(code):
        raise Violation(PROTOCOL_ERROR, "invalid close code")
    _decode(payload[2:])
    return code


def bytes_of(content: str | bytes) -> bytes:
    """Returns the content of a control frame, which is always bytes."""
    assert isinstance(content, bytes)
    return content


def is_close_code(code: int) -> bool:
    """Whether a peer may send *code*: IANA's registry, and 3000–4999 for applications (§7.4.2)."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def unmask(key: bytes, payload: bytes) -> bytes:
    """Returns *payload* XORed with the repeated 4-byte *key* (§5.3), as one big integer."""
    size = len(payload)
    pad = (key * (size // 4 + 1))[:size]
    mixed = int.from_bytes(payload, "little") ^ int.from_bytes(pad, "little")
    return mixed.to_bytes(size, "little")


class FrameReader:
    """Assembles a client's messages from the pieces that the network delivers.

    *max_message_size* bounds a message's bytes over all its fragments; it may change at any time.
    """

    __slots__ = ("_at", "_buffer", "_held", "_kind", "_wanted", "max_message_size")

    def __init__(self, max_message_size: int) -> None:
        self.max_message_size = max_message_size
        self._buffer = b""
        self._at = 0  # bytes of the buffer that have been used
        self._wanted = 2  # bytes needed before the next attempt to cut a frame
        self._kind = CONTINUATION  # of the message that is being assembled
        self._held: bytearray | None = None  # its fragments so far

    def feed(self, data: bytes) -> None:
        """Appends bytes from the network."""
        self._buffer = self._buffer[self._at :] + data if self._buffer else data
        self._at = 0

    def rest(self) -> bytes:
        """Returns the bytes fed and not yet used."""
        return self._buffer[self._at :]

    def next(self) -> Message | None:
        """Returns the next message or control frame as opcode and content; ``None``: feed more first.

        Raises :class:`Violation`.
        """
        while (frame := self._next_frame()) is not None:
            fin, opcode, payload = frame
            if opcode & 0x8:
                return opcode, payload
            self._continue(opcode)
            if self._held is not None:
                self._held += payload
            elif fin:  # the usual case: one frame, one message
                return self._finish(payload)
            else:
                self._held = bytearray(payload)
            if fin:
                return self._finish(bytes(self._held))
        return None

    def _next_frame(self) -> tuple[bool, int, bytes] | None:
        """Cuts one frame off the buffer, if it is complete."""
        data, at = self._buffer, self._at
        there = len(data) - at
        if there < self._wanted:
            return self._want(self._wanted)
        first, second = data[at], data[at + 1]
        size = second & 0x7F
        _check_head(first, second, size)
        body = 6 if size < 126 else 8 if size == 126 else 14
        if there < body - 4:
            return self._want(body - 4)
        if size >= 126:
            size = int.from_bytes(data[at + 2 : at + body - 4], "big")
        if not first & 0x8 and size > self.max_message_size - len(self._held or b""):
            raise Violation(TOO_BIG, "message too big")
        if there < body + size:
            return self._want(body + size)
        self._wanted, begin = 2, at + body
        self._at = end = begin + size
        return bool(first & 0x80), first & 0x0F, unmask(data[begin - 4 : begin], data[begin:end])

    def _want(self, size: int) -> tuple[bool, int, bytes] | None:
        """Waits until this many bytes are there; until then the buffer keeps unused bytes only."""
        self._wanted = size
        self._buffer, self._at = self._buffer[self._at :], 0
        return None

    def _continue(self, opcode: int) -> None:
        """Checks that only control frames stand between the fragments of a message (§5.4)."""
        if opcode == CONTINUATION:
            if self._kind == CONTINUATION:
                raise Violation(PROTOCOL_ERROR, "continuation of nothing")
        elif self._kind != CONTINUATION:
            raise Violation(PROTOCOL_ERROR, "new message inside a fragmented one")
        else:
            self._kind = opcode

    def _finish(self, payload: bytes) -> Message:
        """Returns the whole message; text is decoded as UTF-8, once (§8.1)."""
        kind, self._kind, self._held = self._kind, CONTINUATION, None
        return kind, payload if kind == BINARY else _decode(payload)


def _check_head(first: int, second: int, size: int) -> None:
    """Raises :class:`Violation` for an invalid pair of first bytes (§5.1, §5.2, §5.5)."""
    opcode = first & 0x0F
    if first & 0x70:
        raise Violation(PROTOCOL_ERROR, "reserved bits set without an extension")
    if opcode not in KNOWN_OPCODES:
        raise Violation(PROTOCOL_ERROR, "unknown opcode")
    if not second & 0x80:
        raise Violation(PROTOCOL_ERROR, "client frames must be masked")
    if opcode & 0x8 and (size > MAX_CONTROL_PAYLOAD or not first & 0x80):
        raise Violation(PROTOCOL_ERROR, "control frame too long or fragmented")


def _decode(payload: bytes) -> str:
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        raise Violation(BAD_DATA, "text is not UTF-8") from None
