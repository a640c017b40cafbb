"""Polling requests: bodies cut, joined, oversized and in chunks; queries; several at once."""

from __future__ import annotations

import base64
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.budget import MARKS, fuzz
from tests.fuzz.frames import MEMBER_BYTES, STRANGER_BYTES
from tests.fuzz.made_up import engineio_packets
from tests.fuzz.peer import SEPARATOR, PollingPeer
from tests.fuzz.target import Target, Watch, World
from tests.support.patience import PATIENCE_SECONDS

pytestmark = MARKS

# None of these is a status of ours for a client's mistake, 503 apart while the server leaves.
PROPER = {200, 400, 404, 405, 408, 411, 413, 414, 431}
FILLERS = st.sampled_from([STRANGER_BYTES, MEMBER_BYTES]).flatmap(
    lambda limit: st.integers(limit - 2, limit + 2).map(lambda size: b"3" * size)
)
PACKETS = (
    engineio_packets().map(lambda packet: packet.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=50)
    | st.binary(max_size=50).map(lambda data: b"b" + base64.b64encode(data))
    | st.sampled_from([b"", b"3", b"3", b"40", b"41", b"1", b"b", b"b===", b"4\xff", b"451-[]"])
)
BODIES = (
    st.lists(PACKETS, max_size=6).map(SEPARATOR.join)
    | st.lists(st.just(b"3"), min_size=250, max_size=260).map(SEPARATOR.join)
    | FILLERS
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "EIO": st.sampled_from(["4", "4", "4", "3", "", "x", "44"]),
        "transport": st.sampled_from(["polling", "polling", "websocket", "", "jsonp", "polling,x"]),
        "sid": st.text(max_size=20) | st.just("../../etc"),
        "j": st.sampled_from(["0", "", "x"]),
        "b64": st.just("1"),
        "t": st.text(max_size=10),
    },
)


@fuzz(30)
@given(bodies=st.lists(BODIES, min_size=1, max_size=3), joined=st.booleans())
def test_a_body_is_taken_whole_or_ends_the_session(
    bodies: list[bytes], joined: bool, target: Target, world: World, watch: Watch
) -> None:
    peer = PollingPeer(target, world.mallory.token if joined else None)
    try:
        for body in bodies:
            assert peer.post(body) in (200, 400)
        peer.answers(world.mallory.token)
    finally:
        peer.close()
    watch.check()


@fuzz(25)
@given(body=BODIES, cuts=st.lists(st.integers(0, 300), max_size=5), data=st.data())
def test_a_body_in_chunks_is_one_body(
    body: bytes, cuts: list[int], data: Any, target: Target, world: World, watch: Watch
) -> None:
    peer = PollingPeer(target, world.mallory.token)
    ends = sorted({*(at for at in cuts if at < len(body)), len(body)} - {0})
    pieces = [body[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    stream = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    if data.draw(st.booleans()):  # spoilt, or not
        at = data.draw(st.integers(0, min(len(stream), 400)))
        stream = stream[:at] + data.draw(st.binary(max_size=4)) + stream[at + 2 :]
    try:
        assert _post_raw(target, peer.sid, stream) in PROPER | {None}
        peer.answers(world.mallory.token)
    finally:
        peer.close()
    watch.check()


def _post_raw(target: Target, sid: str, stream: bytes) -> int | None:
    """Send a body in chunks and end the stream; the status, if there was an answer."""
    head = (
        f"POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", target.port), 10) as sock:
        try:
            sock.sendall(head.encode() + stream)
            sock.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: sock.recv(65536), b""))
        except ConnectionError:
            return None
    return int(answer.split()[1]) if answer else None


@fuzz(30)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]),
    query=QUERIES,
    origin=st.sampled_from([None, "null", "https://evil.example", "x"]),
)
def test_a_query_is_understood_or_refused(
    method: str, query: dict[str, str], origin: str | None, target: Target, watch: Watch
) -> None:
    answer = requests.request(
        method,
        f"{target.url}/socket.io/?{urlencode(query, errors='surrogatepass')}",
        headers={} if origin is None else {"Origin": origin},
        timeout=PATIENCE_SECONDS,
    )
    assert answer.status_code in PROPER
    assert origin is None or "Access-Control-Allow-Origin" not in answer.headers
    watch.check()


@fuzz(15)
@given(
    posts=st.lists(BODIES, max_size=3),
    polls=st.integers(0, 3),
)
def test_requests_of_one_session_at_once_are_answered_or_end_it(
    posts: list[bytes], polls: int, target: Target, world: World, watch: Watch
) -> None:
    peer = PollingPeer(target, world.mallory.token)
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = [
                pool.submit(requests.get, peer.url, timeout=PATIENCE_SECONDS) for _ in range(polls)
            ]
            asked += [
                pool.submit(requests.post, peer.url, body, timeout=PATIENCE_SECONDS)
                for body in posts
            ]
            # What the polls wait for, unless the session is over.
            asked.append(pool.submit(requests.post, peer.url, b"41", timeout=PATIENCE_SECONDS))
            asked.append(pool.submit(requests.post, peer.url, b"1", timeout=PATIENCE_SECONDS))
        assert {answer.result().status_code for answer in asked} <= PROPER
    finally:
        peer.close()
    watch.check()
