"""What an Engine.IO session may cost, how long it may last, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.realtime.transport_server import RawWebSocket, TransportServer, serving, wait_for


@pytest.fixture(scope="module")
def server() -> Iterator[TransportServer]:
    """With ordinary deadlines, and few packets per post."""
    with serving(max_packets_per_post=20, close_grace=1.0) as running:
        yield running


@pytest.fixture(scope="module")
def hasty() -> Iterator[TransportServer]:
    """With short deadlines."""
    with serving(
        ping_interval=0.5,
        ping_timeout=0.5,
        connect_deadline=0.6,
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
    wait_for("end of the dead one", lambda: _answer_pings(alive) and dead.is_gone(), 5)
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
        wait_for("end of the dead one", lambda: _answer_pings(alive) and dead.is_gone(), 5)
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
    time.sleep(1.8)  # …and the process is held well past ping_timeout
    _kill(worker, signal.SIGCONT)
    alive.event("echo", 1, ack=1)
    assert alive.receive() == "431[1]"
    alive.close()


def test_a_slow_handler_is_not_the_clients_fault(hasty: TransportServer) -> None:
    ws = RawWebSocket.joined(hasty)
    assert ws.receive_frame() == (1, b"2")
    ws.event("number", 1, 1.5)  # longer than ping_timeout; the pong waits behind it
    ws.send("3")
    assert ws.receive() == '42["heard",1]'
    ws.event("echo", 1, ack=1)
    assert ws.receive() == "431[1]"
    ws.close()


def _kill(pid: int, sig: int) -> None:
    import os

    os.kill(pid, sig)


# --- readers that are too slow


def _stalled(server: TransportServer) -> RawWebSocket:
    return RawWebSocket.joined(server, receive_buffer=4096)


@pytest.mark.parametrize(("messages", "size"), [(600, 20_000), (50, 200_000)])
def test_a_reader_that_stalls_is_cut_within_five_seconds(
    server: TransportServer, messages: int, size: int
) -> None:
    before = server.state()
    stalled, other = _stalled(server), RawWebSocket.joined(server)
    started = time.monotonic()
    stalled.event("flood_me", messages, size)
    wait_for("cut", lambda: server.state()["slow_consumers"] == before["slow_consumers"] + 1, 5)
    wait_for("end of its TCP connection", lambda: not _is_established(stalled, server), 5)
    assert time.monotonic() - started < 5
    other.event("echo", 1, ack=1)
    assert other.receive() == "431[1]"
    wait_for("end of its session", lambda: server.state()["sessions"] <= before["sessions"] + 1)
    other.close()
    stalled.close()


def _is_established(ws: RawWebSocket, server: TransportServer) -> bool:
    """Whether the kernel still holds the server's end of this connection."""
    here = f"{ws.sock.getsockname()[1]:04X}"
    there = f"{server.port:04X}"
    with open("/proc/net/tcp") as table:
        return any(
            fields[1].endswith(f":{there}") and fields[2].endswith(f":{here}") and fields[3] != "06"
            for fields in (line.split() for line in table.readlines()[1:])
        )


def test_what_a_stalled_reader_has_waiting_stays_within_the_bound(server: TransportServer) -> None:
    before = server.state()["rss"]
    stalled = _stalled(server)
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


def test_a_peer_that_stops_reading_cannot_hold_a_write_for_ever() -> None:
    """Too little waits to make it a slow consumer, and no ping is due for a long time."""
    with serving(send_deadline=0.5, env={"SLOWEST_RATE": "1000000"}) as server:
        stalled = _stalled(server)
        stalled.event("flood_me", 20, 100_000)
        wait_for("end of its session", lambda: server.state()["sessions"] == 0, 5)
        assert server.state()["slow_consumers"] == 0
        assert not _is_established(stalled, server)
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


# --- closing


def test_closing_a_websocket_says_so_ends_tcp_and_keeps_nobody_waiting(
    server: TransportServer,
) -> None:
    ws = RawWebSocket.joined(server)
    ws.event("close_me")
    assert ws.receive() == '42["session_ended","token_revoked"]'
    assert ws.receive() == "1"
    assert ws.close_code() == 1000
    wait_for("end of the connection", ws.is_gone, 3)
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
    stalled = _stalled(server)
    stalled.event("flood_me", 20, 100_000)
    stalled.event("close_me")
    wait_for("end of its TCP connection", lambda: not _is_established(stalled, server), 5)
    stalled.close()


def test_closing_a_polling_session_works_too(server: TransportServer) -> None:
    sid = server.open_polling()
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(server.poll, sid)
        server.post(sid, '42["close_me"]')
        body = poll.result(5)[1]
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
        first.result(5)
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)


# --- garbage


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
    assert time.monotonic() - started < 2
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


# --- polling becomes a WebSocket


def _upgrading(server: TransportServer, sid: str) -> RawWebSocket:
    return RawWebSocket(server, f"&sid={sid}")


def test_what_waits_while_polling_arrives_on_the_websocket_in_order(
    server: TransportServer,
) -> None:
    sid = server.open_polling()
    ws = _upgrading(server, sid)
    ws.send("2probe")
    assert ws.receive() == "3probe"
    server.post(sid, '42["number",1,0]')
    server.post(sid, '42["number",2,0]')
    ws.send("5")
    ws.event("number", 3, 0)
    assert [ws.receive() for _ in range(3)] == [f'42["heard",{n}]' for n in (1, 2, 3)]
    assert server.poll(sid)[0] == 400  # polling is over
    ws.close()


def test_a_pending_poll_ends_when_the_upgrade_begins(server: TransportServer) -> None:
    sid = server.open_polling()
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(server.poll, sid)
        ws = _upgrading(server, sid)
        wait_for("pending poll", poll.running)
        ws.send("2probe")
        assert ws.receive() == "3probe"
        assert poll.result(5) == (200, "6")
    ws.send("5")
    ws.event("echo", 1, ack=1)
    assert ws.receive() == "431[1]"
    ws.close()


@pytest.mark.parametrize("said", [[], ["2probe"], ["2"], ["2probe", "4"]])
def test_an_upgrade_that_fails_leaves_polling_as_it_was(
    hasty: TransportServer, said: list[str]
) -> None:
    sid = hasty.open_polling()
    ws = _upgrading(hasty, sid)
    for packet in said:
        ws.send(packet)
    with ThreadPoolExecutor(1) as pool:  # the session's pings have to be answered meanwhile
        gone = pool.submit(ws.close_code)
        while not gone.done():
            if "2" in hasty.poll(sid)[1].split("\x1e"):
                hasty.post(sid, "3")
    assert gone.result() == 1002
    hasty.post(sid, '421["echo",1]')
    assert "431[1]" in hasty.poll(sid)[1]


def test_a_session_that_joins_during_the_handover_is_a_stranger_no_more(
    server: TransportServer,
) -> None:
    sid = server.open_polling(join=False)
    ws = _upgrading(server, sid)
    ws.send("2probe")
    assert ws.receive() == "3probe"
    server.post(sid, "40")
    ws.send("5")
    assert ws.receive().startswith("40{")
    text = "x" * 90_000
    ws.event("echo", text, ack=1)
    assert ws.receive() == f'431["{text}"]'
    ws.close()


def test_one_of_two_upgrades_at_once_is_refused(server: TransportServer) -> None:
    sid = server.open_polling()
    first, second = _upgrading(server, sid), _upgrading(server, sid)
    first.send("2probe")
    assert first.receive() == "3probe"
    second.send("2probe")
    assert second.close_code() == 1002
    first.send("5")
    first.event("echo", 1, ack=1)
    assert first.receive() == "431[1]"
    first.close()


def test_a_session_upgrades_once(server: TransportServer) -> None:
    ws = RawWebSocket(server)
    sid = json.loads(ws.receive()[1:])["sid"]
    second = RawWebSocket(server, f"&sid={sid}")
    assert " 400 " in second.head.split("\r\n")[0]
    ws.close()


def test_many_connections_come_and_go_without_a_trace(server: TransportServer) -> None:
    for _ in range(50):
        ws = RawWebSocket.joined(server)
        ws.sock.shutdown(socket.SHUT_RDWR)
        ws.close()
    wait_for("end of the sessions", lambda: server.state()["sessions"] == 0)
    wait_for("end of the greenlets", lambda: server.greenlets() < 10)
