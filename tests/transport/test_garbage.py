"""What a client that sends nonsense, too much, or everything at once gets for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.transport.server import (
    WITHIN_SECONDS,
    RawWebSocket,
    TransportServer,
    serving,
    wait_for,
)


@pytest.fixture(scope="module")
def server() -> Iterator[TransportServer]:
    """With ordinary deadlines, and few packets per post."""
    with serving(max_packets_per_post=20, close_grace=1.0) as running:
        yield running


@pytest.mark.parametrize(
    "body",
    [
        "",
        "0{}",
        "2",
        "2probe",
        "5",
        "6",
        "7",
        "x",
        "\x1e",
        "40\x1e2",
        "3\x1e",
        "b!!!",
        "b\x800null",
        "d=40",
        b"4\xff",
    ],
)
def test_a_post_with_what_does_not_belong_there_is_refused_at_once(
    server: TransportServer, body: str | bytes
) -> None:
    sid = server.open_polling()
    started = time.monotonic()
    assert server.post(sid, body)[0] == 400
    assert time.monotonic() - started < WITHIN_SECONDS
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)


def test_a_bad_packet_keeps_the_good_one_before_it_from_being_acted_upon(
    server: TransportServer,
) -> None:
    sid = server.open_polling()
    assert server.post(sid, '42["number",13,0]\x1e2')[0] == 400
    assert 13 not in server.state()["heard"]


def test_a_post_may_hold_many_packets_but_not_any_number(server: TransportServer) -> None:
    sid = server.open_polling()
    assert server.post(sid, "\x1e".join(['42["number",77,0]'] * 20)) == (200, "OK")
    assert server.state()["heard"].count(77) == 20
    assert server.post(sid, "\x1e".join(["3"] * 21))[0] == 400


def test_a_post_over_the_limit_is_refused(server: TransportServer) -> None:
    before = server.state()["oversize_messages"]
    sid = server.open_polling()
    assert server.post(sid, "4" + "x" * 100_000)[0] == 400
    assert server.state()["oversize_messages"] == before + 1


def test_a_stranger_may_post_only_little(server: TransportServer) -> None:
    sid = server.open_polling(join=False)
    assert server.post(sid, "4" + "x" * 16 * 1024)[0] == 400


def test_two_polls_at_once_close_the_session(server: TransportServer) -> None:
    sid = server.open_polling()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(server.poll, [sid, sid]))
    assert sorted(both) == [(200, "1"), (400, '"Bad Request"')]
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)


def test_jsonp_is_refused(server: TransportServer) -> None:
    assert server.request("GET", "transport=polling&j=0")[0] == 400


@pytest.mark.parametrize("kind", ["0", "2", "5", "6", "9", "x"])
def test_a_websocket_with_an_unknown_packet_is_closed(server: TransportServer, kind: str) -> None:
    ws = RawWebSocket.joined(server)
    ws.send(kind)
    assert ws.close_code() == 1002


def test_an_empty_message_closes_the_websocket(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    ws.send("")
    assert ws.close_code() == 1002


@pytest.mark.parametrize(
    "packet",
    [
        "4",
        "42",
        "42{",
        "42nope",
        "42[]",
        "42{}",
        '42[{"a":1}]',
        "49",
        "44",
        "43",
        "4" + "[" * 5000,
        "42" + "[" * 5000,
    ],
)
def test_a_packet_socketio_cannot_read_is_dropped_and_the_connection_goes_on(
    server: TransportServer, packet: str
) -> None:
    ws = RawWebSocket.joined(server)
    ws.send(packet)
    ws.event("echo", 1, ack=1)
    assert ws.receive() == "431[1]"
    ws.close()


def test_too_many_of_them_are_not_tolerated(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    for _ in range(21):
        ws.send("42{")
    assert ws.close_code() == 1002


def test_garbage_costs_a_line_now_and_then_and_no_greenlet(server: TransportServer) -> None:
    wait_for("end of the sessions", lambda: server.state()["sessions"] == 0, 15)
    assert server.greenlets() < 10
    assert "Traceback" not in server.log()
    assert server.log().count("\n") < 40
