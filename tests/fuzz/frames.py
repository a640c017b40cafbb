"""Made-up WebSocket frames, and what RFC 6455 says must become of them."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.transport.server import _mask as mask

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KNOWN = {CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG}
NORMAL, PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1000, 1002, 1007, 1009
# What a stranger's message may have, and that of somebody signed in (docs/protocol.md, Limits).
STRANGER_BYTES, MEMBER_BYTES = 16 * 1024, 100_000


@dataclass(frozen=True)
class Frame:
    """One frame. ``claimed`` is the length it says it has, if that is not the payload's."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    reserved: int = 0
    masked: bool = True
    claimed: int | None = None

    @property
    def size(self) -> int:
        """The length it says it has."""
        return len(self.payload) if self.claimed is None else self.claimed

    def encode(self) -> bytes:
        """As it goes over the wire (§5.2)."""
        first = self.fin << 7 | self.reserved << 4 | self.opcode
        second = self.masked << 7
        if self.size < 126:
            head = struct.pack("!BB", first, second | self.size)
        elif self.size < 2**16:
            head = struct.pack("!BBH", first, second | 126, self.size)
        else:
            head = struct.pack("!BBQ", first, second | 127, self.size)
        if not self.masked:
            return head + self.payload
        return head + b"\x1f\x2e\x3d\x4c" + mask(b"\x1f\x2e\x3d\x4c", self.payload)


@dataclass
class Fate:
    """What must have become of a connection; ``code`` is None while it goes on."""

    pongs: list[bytes]
    code: int | None = None


def fate(frames: list[Frame], limit: int) -> Fate:
    """What RFC 6455 and the limits of the protocol say about these frames."""
    found = Fate([])
    kind, message = CONTINUATION, b""
    for frame in frames:
        found.code = _header_fault(frame, kind, limit - len(message))
        if found.code is None and frame.opcode == CLOSE:
            found.code = _close_answer(frame.payload)
        if found.code is not None:
            return found
        if frame.opcode == PING:
            found.pongs.append(frame.payload)
        if frame.opcode >= CLOSE:
            continue
        kind, message = kind or frame.opcode, message + frame.payload
        if frame.fin:
            found.code = _message_fault(kind, message)
            kind, message = CONTINUATION, b""
        if found.code is not None:
            return found
    return found


def _header_fault(frame: Frame, kind: int, room: int) -> int | None:
    control = frame.opcode >= CLOSE
    if frame.reserved or frame.opcode not in KNOWN or not frame.masked:
        return PROTOCOL_ERROR  # §5.1, §5.2
    if control and (frame.size > 125 or not frame.fin):
        return PROTOCOL_ERROR  # §5.5
    if not control and frame.size > room:
        return TOO_BIG
    if not control and (kind == CONTINUATION) == (frame.opcode == CONTINUATION):
        return PROTOCOL_ERROR  # §5.4
    return None


def _close_answer(payload: bytes) -> int:
    if not payload:
        return NORMAL
    code = int.from_bytes(payload[:2], "big")
    if len(payload) < 2 or not (
        code in {*range(1000, 1004), *range(1007, 1015)} or 3000 <= code < 5000
    ):
        return PROTOCOL_ERROR  # §7.4
    return code if _is_text(payload[2:]) else BAD_DATA


def _message_fault(kind: int, message: bytes) -> int | None:
    """Messages here are pongs of Engine.IO ("3…"), or binary, or no Engine.IO at all."""
    if kind == BINARY:
        return None  # no binary events exist, but a few are borne
    if not _is_text(message):
        return BAD_DATA
    return None if message[:1] == b"3" else PROTOCOL_ERROR


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


# Cut anywhere, this is still a pong of Engine.IO, or at the beginning no message of Engine.IO.
PONG_BYTES = st.just(b"3") | st.text(max_size=200).map(lambda text: b"3" + text.encode())
SPOILT_BYTES = st.sampled_from(
    [b"", b"3\xff", b"3\xed\xa0\x80", b"3\xc3", b"2", b"\x00", b"9" * 70_000]
)
LONG_BYTES = st.sampled_from([STRANGER_BYTES, MEMBER_BYTES]).flatmap(
    lambda limit: st.integers(limit - 1, limit + 1).map(lambda size: b"3" * size)
)
DATA = PONG_BYTES | PONG_BYTES | PONG_BYTES | SPOILT_BYTES | LONG_BYTES
CODES = st.sampled_from([0, 999, 1000, 1001, 1004, 1005, 1006, 1015, 2999, 3000, 4999, 5000, 65535])
CLOSING = st.builds(lambda code, text: struct.pack("!H", code) + text, CODES, st.binary(max_size=8))
CONTROL = st.builds(Frame, st.sampled_from([PING, PING, PONG]), st.binary(max_size=125))
GOODBYE = st.builds(Frame, st.just(CLOSE), CLOSING | st.binary(max_size=2))
WHOLE = st.builds(Frame, st.sampled_from([TEXT, TEXT, TEXT, BINARY]), DATA)
WRONG = st.builds(
    Frame,
    st.integers(0, 15),
    st.binary(max_size=130),
    fin=st.booleans(),
    reserved=st.sampled_from([0, 0, 0, 1, 2, 4, 7]),
    masked=st.sampled_from([True, True, True, False]),
)
LIARS = st.builds(
    Frame,
    st.sampled_from([TEXT, BINARY, PING, CONTINUATION]),
    st.just(b""),
    claimed=st.sampled_from([100_001, 2**31, 2**63 - 1, 2**63, 2**64 - 1]),
)


@st.composite
def fragments(draw: st.DrawFn) -> list[Frame]:
    """One message in pieces, with control frames in between, rightly or nearly so."""
    payload, opcode = draw(DATA), draw(st.sampled_from([TEXT, TEXT, BINARY]))
    cuts = draw(st.lists(st.integers(0, len(payload)), min_size=1, max_size=5))
    ends = [0, *sorted(cuts), len(payload)]
    made: list[Frame] = []
    for number, (begin, end) in enumerate(itertools.pairwise(ends)):
        last = number == len(ends) - 2
        made.append(Frame(CONTINUATION if number else opcode, payload[begin:end], fin=last))
        made += draw(st.lists(CONTROL, max_size=1))
    if not draw(st.integers(0, 4)):
        made.pop(draw(st.integers(0, len(made) - 1)))
    return made


@st.composite
def conversations(draw: st.DrawFn) -> list[Frame]:
    """Some frames in a row."""
    one = (CONTROL | WHOLE | CONTROL | WHOLE | GOODBYE | WRONG | LIARS).map(lambda frame: [frame])
    return [frame for some in draw(st.lists(one | fragments(), max_size=6)) for frame in some]
