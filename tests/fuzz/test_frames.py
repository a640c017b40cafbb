"""WebSocket frames against RFC 6455: the server answers, goes on or closes exactly as it says."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from tests.fuzz.budget import MARKS, fuzz
from tests.fuzz.frames import MEMBER_BYTES, PING, STRANGER_BYTES, Frame, conversations, fate
from tests.fuzz.peer import WebSocketPeer
from tests.fuzz.target import Target, Watch, World

pytestmark = MARKS

LAST = b"the last one"
PIECES = st.lists(st.integers(0, 400), max_size=8)


def _send(peer: WebSocketPeer, frames: list[Frame], pieces: list[int], limit: int) -> None:
    expected = fate(frames, limit)
    event("goes on" if expected.code is None else str(expected.code))
    peer.pour(b"".join(frame.encode() for frame in [*frames, Frame(PING, LAST)]), pieces)
    if expected.code is None and _is_open(frames):
        peer.pour(Frame(0, b"").encode())  # ends the message that was left in the middle
    code = _read(peer, to_the_end=expected.code is not None)
    assert peer.pongs[: len(expected.pongs)] == expected.pongs
    assert code == expected.code


def _is_open(frames: list[Frame]) -> bool:
    data = [frame for frame in frames if frame.opcode < 8]
    return bool(data) and not data[-1].fin


def _read(peer: WebSocketPeer, *, to_the_end: bool) -> int | None:
    while to_the_end or LAST not in peer.pongs:
        opcode, payload = peer._next()
        if opcode == 8:
            return int.from_bytes(payload[:2], "big")
        if opcode == 10:
            peer.pongs.append(payload)
    return None


@fuzz(100)
@given(frames=conversations(), pieces=PIECES)
def test_frames_of_somebody_signed_in(
    frames: Any, pieces: Any, target: Target, world: World, watch: Watch
) -> None:
    peer = WebSocketPeer(target, world.mallory.token)
    try:
        _send(peer, frames, pieces, MEMBER_BYTES)
    finally:
        peer.close()
    watch.check()


@fuzz(60)
@given(frames=conversations(), pieces=PIECES)
def test_frames_of_a_stranger(frames: Any, pieces: Any, target: Target, watch: Watch) -> None:
    peer = WebSocketPeer(target)
    try:
        _send(peer, frames, pieces, STRANGER_BYTES)
    finally:
        peer.close()
    watch.check()


@fuzz(60)
@given(frames=conversations(), data=st.data())
def test_a_stream_that_breaks_off_anywhere_ends_the_connection(
    frames: Any, data: Any, target: Target, world: World, watch: Watch
) -> None:
    stream = b"".join(frame.encode() for frame in frames)
    peer = WebSocketPeer(target, world.mallory.token if data.draw(st.booleans()) else None)
    try:
        peer.pour(stream[: data.draw(st.integers(0, len(stream)))])
        peer.finish()
        peer.hear_the_end()
    finally:
        peer.close()
    watch.check()
