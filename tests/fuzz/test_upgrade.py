"""The handover from polling to WebSocket, done wrong in every way: the session lives on or ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from hypothesis import event, given, note
from hypothesis import strategies as st

from tests.fuzz.budget import MARKS, fuzz
from tests.fuzz.frames import CLOSE, PING, Frame
from tests.fuzz.made_up import engineio_packets
from tests.fuzz.peer import PollingPeer, WebSocketPeer
from tests.fuzz.target import Target, Watch, World
from tests.support.patience import PATIENCE_SECONDS

pytestmark = MARKS

SAID = st.sampled_from(
    ["2probe", "2probe", "2probe", "5", "5", "2", "3", "3probe", "6", "1", "", "40"]
)
STEPS = st.tuples(
    st.sampled_from(["through", "say", "say", "say", "bytes", "frame", "post", "hang up"]),
    st.integers(0, 2),  # which of the WebSockets
    SAID | SAID | engineio_packets(),
)
FRAMES = st.sampled_from(
    [Frame(PING, b"x"), Frame(CLOSE), Frame(1, b"2probe", fin=False), Frame(3)]
)


def _upgrade(target: Target, polling: PollingPeer) -> WebSocketPeer | None:
    """A WebSocket for this session; none when it is refused, for the session is over or has one."""
    peer = WebSocketPeer(target, query=f"&sid={polling.sid}")
    if peer.status == 101:
        return peer
    peer.close()
    assert peer.status == 400
    return None


@fuzz(30)
@given(joined=st.booleans(), steps=st.lists(STEPS, max_size=8), frames=st.data())
def test_a_handover_done_wrong_leaves_a_session_that_works_or_none(
    joined: bool, steps: Any, frames: Any, target: Target, world: World, watch: Watch
) -> None:
    note(f"{joined=} {steps=}")
    token = world.mallory.token
    polling = PollingPeer(target, token if joined else None)
    websockets: dict[int, WebSocketPeer | None] = {}
    try:
        for step, which, packet in steps:
            if step == "post":
                assert polling.post(packet.encode("utf-8", "surrogatepass")) in (200, 400)
                continue
            if which not in websockets:
                websockets[which] = _upgrade(target, polling)
            websocket = websockets[which]
            if websocket is None:
                continue
            if step == "through":
                websocket.say("2probe")
                websocket.say("5")
            elif step == "say":
                websocket.say(packet)
            elif step == "bytes":
                websocket.say_bytes(packet.encode("utf-8", "surrogatepass"))
            elif step == "frame":
                websocket.pour(frames.draw(FRAMES).encode())
            else:
                websocket.close()
                websockets[which] = None
        # One that is not through yet is refused for what it says now; one that is, answers.
        usable = [peer.answers(token) for peer in websockets.values() if peer is not None]
        event("upgraded" if any(usable) else "not upgraded")
        assert usable.count(True) <= 1, "a session has one transport"
        assert not (polling.answers(token) and any(usable)), "and not two"
    finally:
        for peer in websockets.values():
            if peer is not None:
                peer.close()
        polling.close()
    watch.check()


@fuzz(10)
@given(said=st.lists(SAID, max_size=4))
def test_a_poll_that_waits_during_a_handover_is_answered(
    said: list[str], target: Target, world: World, watch: Watch
) -> None:
    token = world.mallory.token
    polling = PollingPeer(target, token)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(requests.get, polling.url, timeout=PATIENCE_SECONDS)
        websocket = _upgrade(target, polling)
        assert websocket is not None
        try:
            for packet in said:
                websocket.say(packet)
            websocket.answers(token)
        finally:
            websocket.close()
        polling.close()  # whatever became of the handover, this ends the session
        assert waiting.result().status_code in (200, 400)
    watch.check()
