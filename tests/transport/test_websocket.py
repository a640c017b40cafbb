"""What a WebSocket peer may not do to the server (RFC 6455)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from statistics import median

import pytest

from tests.transport.server import RawWebSocket, TransportServer, serving, wait_for

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
LIMIT = 100_000


@pytest.fixture(scope="module")
def server(transport: str) -> Iterator[TransportServer]:
    with serving(transport=transport) as running:
        yield running


@pytest.fixture
def ws(server: TransportServer) -> Iterator[RawWebSocket]:
    socket_ = RawWebSocket.joined(server)
    yield socket_
    socket_.close()


def test_a_message_up_to_the_limit_is_served(ws: RawWebSocket) -> None:
    text = "x" * (LIMIT - 100)
    ws.event("echo", text, ack=1)
    assert ws.receive() == f'431["{text}"]'


def test_it_refuses_a_giant_frame_before_its_payload_arrives(
    server: TransportServer, ws: RawWebSocket
) -> None:
    before = server.state()
    ws.send_frame(TEXT, b"4", length=2**40)  # a terabyte is announced, one byte is sent
    assert ws.close_code() == 1009
    after = server.state()
    assert after["oversize_messages"] == before["oversize_messages"] + 1
    assert after["rss"] - before["rss"] < 10_000_000


def test_it_refuses_a_frame_one_byte_over_the_limit(ws: RawWebSocket) -> None:
    ws.send_frame(TEXT, b"", length=LIMIT + 1)
    assert ws.close_code() == 1009


def test_the_reason_reaches_a_client_that_is_still_sending(ws: RawWebSocket) -> None:
    ws.send_frame(TEXT, b"x" * 12_000_000)  # more than the kernel buffers
    assert ws.close_code() == 1009


def test_it_counts_fragments_together(ws: RawWebSocket) -> None:
    ws.send_frame(TEXT, b"x" * (LIMIT - 10), first=TEXT)
    ws.send_frame(0, b"x" * 11, first=0)
    assert ws.close_code() == 1009


def test_fragments_within_the_limit_are_one_message_even_with_a_ping_between(
    ws: RawWebSocket,
) -> None:
    whole = '421["echo","déjà vu"]'.encode()
    half = whole.index("é".encode()) + 1  # in the middle of a character
    ws.send_frame(TEXT, whole[:half], first=TEXT)
    ws.send_frame(PING, b"between")
    ws.send_frame(0, whole[half:])
    assert ws.receive_frame() == (PONG, b"between")
    assert ws.receive() == '431["d\\u00e9j\\u00e0 vu"]'


def test_endless_empty_fragments_take_no_memory_and_hold_nobody_up(
    server: TransportServer, ws: RawWebSocket
) -> None:
    ws.send_frame(TEXT, b"", first=TEXT)
    empty = bytes([0, 0x80, 0, 0, 0, 0]) * 10_000
    before = server.state()["rss"]
    waited = []
    for _ in range(20):
        ws.sock.sendall(empty)
        started = time.monotonic()
        server.state()
        waited.append(time.monotonic() - started)
    assert server.state()["rss"] - before < 5_000_000
    assert median(waited) < 1.0


def test_a_flood_of_small_frames_leaves_others_their_turn(server: TransportServer) -> None:
    """``recv`` never blocks while data is there, so the reader has to yield by itself."""
    other, flooder = RawWebSocket.joined(server), RawWebSocket.joined(server)
    stop, sent = threading.Event(), 0

    def flood() -> None:
        nonlocal sent
        pongs = bytes([0x8A, 0x80, 0, 0, 0, 0]) * 100_000
        with contextlib.suppress(OSError):
            while not stop.is_set():
                flooder.sock.sendall(pongs)
                sent += len(pongs)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        wait_for("flood", lambda: sent > 2_000_000)
        waited = []
        for _ in range(20):
            started = time.monotonic()
            other.event("echo", 1, ack=1)
            assert other.receive() == "431[1]"
            waited.append(time.monotonic() - started)
        assert thread.is_alive()
        assert median(waited) < 0.5
    finally:
        stop.set()
        flooder.sock.shutdown(socket.SHUT_RDWR)
        thread.join()
        other.close()


def test_a_stranger_may_send_only_little(server: TransportServer) -> None:
    stranger = RawWebSocket(server)
    stranger.receive()
    stranger.send_frame(TEXT, b"", length=16 * 1024 + 1)
    assert stranger.close_code() == 1009


@pytest.mark.parametrize(
    ("what", "opcode", "payload", "first", "masked", "code"),
    [
        ("an unmasked frame", TEXT, b"3", None, False, 1002),
        ("a compressed frame", TEXT, b"3", 0x80 | 0x40 | TEXT, True, 1002),
        ("a second reserved bit", TEXT, b"3", 0x80 | 0x20 | TEXT, True, 1002),
        ("a reserved data opcode", 3, b"", None, True, 1002),
        ("a reserved control opcode", 11, b"", None, True, 1002),
        ("a continuation of nothing", 0, b"3", None, True, 1002),
        ("a long ping", PING, b"x" * 126, None, True, 1002),
        ("a fragmented ping", PING, b"x", PING, True, 1002),
        ("half a close code", CLOSE, b"\x03", None, True, 1002),
        ("a close code nobody may send", CLOSE, (1006).to_bytes(2, "big"), None, True, 1002),
        ("a close reason that is not UTF-8", CLOSE, b"\x03\xe8\xff", None, True, 1007),
        ("text that is not UTF-8", TEXT, b"4\xc3\x28", None, True, 1007),
    ],
)
def test_it_names_the_broken_rule(
    server: TransportServer,
    ws: RawWebSocket,
    what: str,
    opcode: int,
    payload: bytes,
    first: int | None,
    masked: bool,
    code: int,
) -> None:
    before = server.state()["protocol_errors"]
    ws.send_frame(opcode, payload, first=first, masked=masked)
    assert ws.close_code() == code, what
    assert server.state()["protocol_errors"] == before + 1
    ws.close()


def test_a_new_message_inside_a_fragmented_one_is_refused(ws: RawWebSocket) -> None:
    ws.send_frame(TEXT, b"3", first=TEXT)
    ws.send_frame(TEXT, b"3")
    assert ws.close_code() == 1002


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
def test_it_echoes_the_peers_close_code_and_hangs_up(ws: RawWebSocket, code: int) -> None:
    ws.send_frame(CLOSE, code.to_bytes(2, "big") + b"bye")
    assert ws.close_code() == code
    assert ws.is_gone()


def test_a_close_without_a_code_is_answered(ws: RawWebSocket) -> None:
    ws.send_frame(CLOSE)
    assert ws.close_code() == 1000


def test_compression_is_never_negotiated(server: TransportServer) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    offering = RawWebSocket(server, headers=offer)
    assert offering.head.startswith("HTTP/1.1 101 ")
    assert "extensions" not in offering.head.lower()
    offering.close()


def _upgrade(server: TransportServer, path: str, *headers: str) -> str:
    """The answer's status line to an upgrade request with these headers."""
    with server.connect() as sock:
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers, "", ""]
        sock.sendall("\r\n".join(lines).encode())
        return sock.recv(4096).decode("latin-1").split("\r\n")[0]


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade")
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
V13 = "Sec-WebSocket-Version: 13"
ENDPOINT = "/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((*UPGRADE, KEY, V13), "HTTP/1.1 101 "),
        ((*UPGRADE, KEY, "Sec-WebSocket-Version: 8"), "HTTP/1.1 426 "),
        ((*UPGRADE, KEY), "HTTP/1.1 426 "),
        ((*UPGRADE, V13), "HTTP/1.1 400 "),
        ((*UPGRADE, V13, "Sec-WebSocket-Key: short"), "HTTP/1.1 400 "),
        ((*UPGRADE, KEY, V13, "Content-Length: 5"), "HTTP/1.1 400 "),
        ((*UPGRADE, KEY, V13, "Origin: https://elsewhere.example"), "HTTP/1.1 400 "),
    ],
)
def test_a_refused_handshake_is_an_http_answer_and_leaves_no_session(
    server: TransportServer, headers: tuple[str, ...], status: str
) -> None:
    assert _upgrade(server, ENDPOINT, *headers).startswith(status)
    wait_for("end of the session", lambda: server.state()["open"] == 0)


def test_no_other_path_becomes_a_websocket(server: TransportServer) -> None:
    assert _upgrade(server, "/state", *UPGRADE, KEY, V13).startswith("HTTP/1.1 200 ")


def test_a_connection_that_breaks_is_forgotten(server: TransportServer) -> None:
    broken = RawWebSocket.joined(server)
    assert server.state()["open"] == 1
    broken.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    broken.close()  # a reset, as when a cable is cut and the peer comes back
    wait_for("end of the session", lambda: server.state()["sessions"] == 0)


def test_the_log_holds_a_line_per_kind_of_mistake_and_no_traceback(server: TransportServer) -> None:
    assert server.log().count("Engine.IO session closed") < 10
    assert "Traceback" not in server.log()
