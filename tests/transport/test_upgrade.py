"""How a polling session becomes a WebSocket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.transport.server import (
    RawWebSocket,
    TransportServer,
    serving,
    wait_for,
)


@pytest.fixture(scope="module")
def server(transport: str) -> Iterator[TransportServer]:
    """With ordinary deadlines, and few packets per post."""
    with serving(transport=transport, max_packets_per_post=20, close_grace=1.0) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(transport: str) -> Iterator[TransportServer]:
    """With short deadlines."""
    with serving(
        transport=transport,
        ping_interval=0.5,
        ping_timeout=3.0,
        connect_deadline=1.5,
        upgrade_deadline=0.6,
        close_grace=0.5,
    ) as running:
        yield running


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
        assert poll.result() == (200, "6")
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
