"""How long an Engine.IO session lasts, in which order it is served, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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


@pytest.fixture(scope="module")
def hasty(transport: str) -> Iterator[TransportServer]:
    """With short deadlines, though longer than a busy machine keeps the test itself waiting."""
    with serving(
        transport=transport,
        ping_interval=0.5,
        ping_timeout=3.0,
        connect_deadline=1.5,
        upgrade_deadline=0.6,
        close_grace=0.5,
    ) as running:
        yield running


# --- sessions nobody uses


def test_a_transport_that_never_joins_a_namespace_is_closed(hasty: TransportServer) -> None:
    before = hasty.state()["never_joined"]
    silent, joined = RawWebSocket(hasty), RawWebSocket.joined(hasty)
    with pytest.raises(EOFError):
        while True:
            silent.receive()  # answers the pings meanwhile
    assert hasty.state()["never_joined"] == before + 1
    joined.event("echo", "still here", ack=1)
    assert joined.receive() == '431["still here"]'
    joined.close()


def test_a_full_server_turns_newcomers_away_and_keeps_those_it_has(transport: str) -> None:
    with serving(transport=transport, max_sessions=2) as full:
        first, second = RawWebSocket.joined(full), RawWebSocket.joined(full)
        assert RawWebSocket(full).head.startswith("HTTP/1.1 503 ")
        assert full.request("GET", "transport=polling")[0] == 503
        first.event("echo", "still here", ack=1)
        assert first.receive() == '431["still here"]'
        second.close()
        wait_for("place", lambda: full.state()["sessions"] == 1)
        RawWebSocket.joined(full).close()
        first.close()


def test_a_refused_connect_does_not_count_as_joined(hasty: TransportServer) -> None:
    refused = RawWebSocket(hasty)
    refused.receive()
    refused.send('40"wrong"')
    assert refused.receive().startswith("44")
    with pytest.raises(EOFError):
        while True:
            refused.receive()


def test_a_transport_whose_last_namespace_was_left_is_closed(hasty: TransportServer) -> None:
    left = RawWebSocket.joined(hasty)
    left.send("41")
    with pytest.raises(EOFError):
        while True:
            left.receive()


def test_a_polling_session_that_never_joins_is_closed(hasty: TransportServer) -> None:
    sid = hasty.open_polling(join=False)
    wait_for("end of the session", lambda: hasty.poll(sid)[0] == 400)


def test_a_peer_that_answers_no_ping_is_closed(hasty: TransportServer) -> None:
    before = hasty.state()["ping_timeouts"]
    dead, alive = RawWebSocket.joined(hasty), RawWebSocket.joined(hasty)
    wait_for("end of the dead one", lambda: _answer_pings(alive) and dead.is_gone())
    assert hasty.state()["ping_timeouts"] == before + 1
    alive.event("echo", 1, ack=1)
    assert alive.receive() == "431[1]"
    alive.close()


def _answer_pings(ws: RawWebSocket) -> bool:
    ws.sock.settimeout(0.05)
    try:
        while True:
            assert ws.receive_frame() == (1, b"2")
            ws.send("3")
    except TimeoutError:
        pass
    ws.sock.settimeout(10)
    return True


@pytest.mark.parametrize("jump", [86_400, -86_400])
def test_a_clock_that_jumps_a_day_disconnects_nobody_and_keeps_no_dead(
    hasty: TransportServer, jump: int
) -> None:
    alive, dead = RawWebSocket.joined(hasty), RawWebSocket.joined(hasty)
    try:
        hasty.get(f"/jump?seconds={jump}")
        wait_for("end of the dead one", lambda: _answer_pings(alive) and dead.is_gone())
        alive.event("echo", 1, ack=1)
        assert alive.receive() == "431[1]"
    finally:
        hasty.get("/jump?seconds=0")
        alive.close()


def test_a_process_that_was_stopped_does_not_blame_its_clients(hasty: TransportServer) -> None:
    alive = RawWebSocket.joined(hasty)
    assert alive.receive_frame() == (1, b"2")  # a ping is open, its answer on the way…
    worker = int(hasty.get("/state")["pid"])
    _kill(worker, signal.SIGSTOP)
    alive.send("3")
    time.sleep(4.3)  # …and the process is held well past ping_timeout
    _kill(worker, signal.SIGCONT)
    alive.event("echo", 1, ack=1)
    assert alive.receive() == "431[1]"
    alive.close()


def test_a_slow_handler_is_not_the_clients_fault(hasty: TransportServer) -> None:
    ws = RawWebSocket.joined(hasty)
    assert ws.receive_frame() == (1, b"2")
    ws.event("number", 1, 4.0)  # longer than ping_timeout; the pong waits behind it
    ws.send("3")
    assert ws.receive() == '42["heard",1]'
    ws.event("echo", 1, ack=1)
    assert ws.receive() == "431[1]"
    ws.close()


def _kill(pid: int, sig: int) -> None:

    os.kill(pid, sig)


# --- closing


def test_closing_a_websocket_says_so_ends_tcp_and_keeps_nobody_waiting(
    server: TransportServer,
) -> None:
    ws = RawWebSocket.joined(server)
    ws.event("close_me")
    assert ws.receive() == '42["session_ended","token_revoked"]'
    assert ws.receive() == "1"
    assert ws.close_code() == 1000
    wait_for("end of the connection", ws.is_gone)
    assert float(server.state()["ended"]["close took"]) < 0.1


def test_a_closed_connection_cannot_connect_again_on_its_transport(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    ws.event("close_me")
    assert ws.receive() == '42["session_ended","token_revoked"]'
    assert ws.close_code() == 1000
    before = server.state()
    ws.send("40")  # the server still reads, for a moment
    ws.event("number", 666, 0)
    wait_for("end of the session", lambda: server.state()["sessions"] <= before["sessions"] - 1)
    after = server.state()
    for untouched in ("connects", "malformed_packets", "protocol_errors"):
        assert after[untouched] == before[untouched]
    assert 666 not in after["heard"]


def test_a_peer_that_ignores_the_close_is_hung_up_on(server: TransportServer) -> None:
    stalled = stalled_reader(server)
    stalled.event("flood_me", 20, 100_000)
    stalled.event("close_me")
    wait_for("end of its TCP connection", lambda: not is_established(stalled, server), 5)
    stalled.close()


def test_closing_a_polling_session_works_too(server: TransportServer) -> None:
    sid = server.open_polling()
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(server.poll, sid)
        server.post(sid, '42["close_me"]')
        body = poll.result()[1]
    assert body.startswith('42["session_ended","token_revoked"]')
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)
    assert server.post(sid, "40")[0] == 400


def test_the_disconnect_event_comes_once_and_after_the_handler_that_runs(
    server: TransportServer,
) -> None:
    ws, other = RawWebSocket(server), RawWebSocket.joined(server)
    ws.receive()
    ws.send("40")
    sid = json.loads(ws.receive()[2:])["sid"]
    ws.event("number", 41, 0.5)
    wait_for("running handler", lambda: "begin 41" in server.state()["heard"])
    other.event("close", sid)
    wait_for("disconnect event", lambda: server.state()["ended"].get(sid))
    ws.close()
    heard = server.state()["heard"]
    assert heard.count(f"end of {sid}") == 1
    assert heard.index(41) < heard.index(f"end of {sid}")
    other.close()


# --- order


def test_events_of_one_client_keep_their_order(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    numbers = list(range(100, 130))
    for number in numbers:
        ws.event("number", number, 0.02 if number % 7 == 0 else 0)
    assert [json.loads(ws.receive()[2:])[1] for _ in numbers] == numbers
    ws.close()


def test_a_client_that_posts_twice_at_once_is_closed(server: TransportServer) -> None:
    """Two posts under way would be handled in any order."""
    sid = server.open_polling()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(server.post, sid, '42["number",1,0.5]')
        wait_for("refusal of the second post", lambda: server.post(sid, "3")[0] == 400)
        first.result()
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)
