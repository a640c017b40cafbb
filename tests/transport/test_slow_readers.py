"""What a client that reads too slowly may cost the server."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.transport.server import (
    RawWebSocket,
    TransportServer,
    is_established,
    serving,
    stalled_reader,
    wait_for,
)


@pytest.fixture(scope="module")
def server(transport: str) -> Iterator[TransportServer]:
    """With ordinary deadlines, and few packets per post."""
    with serving(transport=transport, max_packets_per_post=20, close_grace=1.0) as running:
        yield running


@pytest.mark.parametrize(("messages", "size"), [(600, 20_000), (50, 200_000)])
def test_a_reader_that_stalls_is_cut_within_five_seconds(
    server: TransportServer, messages: int, size: int
) -> None:
    before = server.state()
    stalled, other = stalled_reader(server), RawWebSocket.joined(server)
    started = time.monotonic()
    stalled.event("flood_me", messages, size)
    wait_for("cut", lambda: server.state()["slow_consumers"] == before["slow_consumers"] + 1, 5)
    wait_for("end of its TCP connection", lambda: not is_established(stalled, server), 5)
    assert time.monotonic() - started < 5
    other.event("echo", 1, ack=1)
    assert other.receive() == "431[1]"
    wait_for("end of its session", lambda: server.state()["sessions"] <= before["sessions"] + 1)
    other.close()
    stalled.close()


def test_what_a_stalled_reader_has_waiting_stays_within_the_bound(server: TransportServer) -> None:
    before = server.state()["rss"]
    stalled = stalled_reader(server)
    stalled.event("flood_me", 2000, 50_000)  # 100 MB
    wait_for("cut", lambda: server.state()["slow_consumers"] > 0)
    assert server.state()["rss"] - before < 20_000_000
    stalled.close()


def test_a_reader_that_goes_on_reading_is_told_why_it_is_cut(server: TransportServer) -> None:
    slow = RawWebSocket.joined(server)
    slow.event("flood_me", 600, 20_000)
    received = []
    with pytest.raises(EOFError):
        while True:
            received.append(slow.receive())
    assert received[-2:] == ['42["session_ended","slow_consumer"]', "1"]
    assert len(received) < 100  # and not at the end of everything it missed


def test_a_peer_that_stops_reading_cannot_hold_a_write_for_ever(transport: str) -> None:
    """Too little waits to make it a slow consumer, and no ping is due for a long time."""
    with serving(transport=transport, send_deadline=0.5, env={"SLOWEST_RATE": "1000000"}) as server:
        stalled = stalled_reader(server)
        stalled.event("flood_me", 20, 100_000)
        wait_for("end of its session", lambda: server.state()["sessions"] == 0)
        assert server.state()["slow_consumers"] == 0
        assert not is_established(stalled, server)
        stalled.close()


def test_a_burst_within_the_bound_cuts_nobody(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    ws.event("flood_me", 450, 5_000)
    for _ in range(450):
        assert ws.receive().startswith('42["flood"')
    ws.close()


def test_a_poller_that_does_not_come_back_is_cut(server: TransportServer) -> None:
    before = server.state()["slow_consumers"]
    sid = server.open_polling()
    server.post(sid, '42["flood_me",600,10]')
    assert server.state()["slow_consumers"] == before + 1
    assert "slow_consumer" in server.poll(sid)[1]
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)


def test_a_poller_may_post_all_it_has_before_it_fetches_the_answers(
    server: TransportServer,
) -> None:
    sid, count, heard = server.open_polling(), 600, list[str]()
    posts = [range(first, first + 20) for first in range(0, count, 20)]
    for numbers in posts:
        packets = [f'42{number}["echo",{number}]' for number in numbers]
        assert server.post(sid, "\x1e".join(packets)) == (200, "OK")
    while len(heard) < count:
        heard += [packet for packet in server.poll(sid)[1].split("\x1e") if packet != "2"]
    assert heard == [f"43{number}[{number}]" for number in range(count)]
