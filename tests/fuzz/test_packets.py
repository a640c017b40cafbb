"""Engine.IO and Socket.IO packets that no client would send, by strangers and by people signed in.

Whatever comes, the connection either goes on, and can be used, or is closed with a proper code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.budget import MARKS, fuzz
from tests.fuzz.made_up import engineio_packets
from tests.fuzz.peer import SEPARATOR, PollingPeer, WebSocketPeer, refusals
from tests.fuzz.target import Target, Watch, World
from tests.support.database import digest

pytestmark = MARKS

PACKETS = st.lists(engineio_packets() | st.binary(max_size=60), min_size=1, max_size=6)


@pytest.fixture
def nothing_changes(target: Target, world: World) -> Iterator[None]:
    """What strangers do leaves no trace in the database."""
    before = digest(target)
    yield
    assert digest(target) == before


def _by_websocket(target: Target, world: World, packets: list[str | bytes], token: Any) -> None:
    peer = WebSocketPeer(target, token)
    try:
        for packet in packets:
            peer.say_bytes(packet) if isinstance(packet, bytes) else peer.say(packet)
        peer.answers(world.mallory.token)
        assert all(error["code"] != "internal" for error in refusals(peer.said))
    finally:
        peer.close()


def _by_polling(target: Target, world: World, packets: list[str | bytes], token: Any) -> None:
    peer = PollingPeer(target, token)
    body = SEPARATOR.join(
        packet if isinstance(packet, bytes) else packet.encode("utf-8", "surrogatepass")
        for packet in packets
    )
    try:
        assert peer.post(body) in (200, 400)
        peer.answers(world.mallory.token)
        assert all(error["code"] != "internal" for error in refusals(peer.said))
    finally:
        peer.close()


@fuzz(40)
@given(packets=PACKETS)
def test_websocket_packets_of_somebody_signed_in(
    packets: Any, target: Target, world: World, watch: Watch
) -> None:
    _by_websocket(target, world, packets, world.mallory.token)
    watch.check()


@fuzz(40)
@given(packets=PACKETS)
def test_websocket_packets_of_a_stranger(
    packets: Any, target: Target, world: World, watch: Watch, nothing_changes: None
) -> None:
    _by_websocket(target, world, packets, None)
    watch.check()


@fuzz(40)
@given(packets=PACKETS)
@example(packets=["b\x800null"])  # not base64, and not even ASCII
def test_polling_packets_of_somebody_signed_in(
    packets: Any, target: Target, world: World, watch: Watch
) -> None:
    _by_polling(target, world, packets, world.mallory.token)
    watch.check()


@fuzz(20)
@given(packets=PACKETS)
@example(packets=["b\x800null"])
def test_polling_packets_of_a_stranger(
    packets: Any, target: Target, world: World, watch: Watch, nothing_changes: None
) -> None:
    _by_polling(target, world, packets, None)
    watch.check()
