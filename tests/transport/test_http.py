"""What an HTTP client may not do to the server: dawdle, overflow, or be read in two ways."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from tests.transport.server import WITHIN_SECONDS, TransportServer, serving, wait_for


@pytest.fixture(scope="module")
def server() -> Iterator[TransportServer]:
    """With half a second for a request's head and body, and a second for an idle connection."""
    short = {"HEADER_SECONDS": "0.5", "BODY_SECONDS": "0.5", "SEND_SECONDS": "0.5"}
    with serving("--keep-alive", "1", env=short) as running:
        yield running


def ask(server: TransportServer, data: bytes) -> str:
    """Everything the server answers to these bytes until it closes the connection."""
    with server.connect() as sock:
        sock.sendall(data)
        return _read_to_the_end(sock)


def _read_to_the_end(sock: object) -> str:
    answer = b""
    try:
        while received := sock.recv(65536):  # type: ignore[attr-defined]
            answer += received
    except ConnectionResetError:
        pass
    return answer.decode()


def status(answer: str) -> str:
    return answer.split("\r\n")[0].removeprefix("HTTP/1.1 ")


def test_an_ordinary_request_is_served_and_its_connection_kept(server: TransportServer) -> None:
    with server.connect() as sock:
        for _ in range(2):
            sock.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            answer = b""
            while not answer.endswith(b"\r\n\r\n3"):
                received = sock.recv(4096)
                assert received, answer
                answer += received


@pytest.mark.parametrize("asked", ["HTTP/1.1\r\nConnection: close", "HTTP/1.0"])
def test_the_last_answer_of_a_connection_says_so(server: TransportServer, asked: str) -> None:
    answer = ask(server, f"GET /state {asked}\r\nHost: x\r\n\r\n".encode())
    assert answer.lower().count("connection: close\r\n") == 1


def test_a_connection_with_its_next_request_always_there_lets_others_in_between(
    server: TransportServer,
) -> None:
    work, pipelined = b"GET /work?seconds=0.01 HTTP/1.1\r\nHost: x\r\n\r\n", 60
    with server.connect() as greedy, server.connect() as other:
        other.sendall(work)
        _read_an_answer(other)
        greedy.sendall(work * pipelined)
        answers = _read_an_answer(greedy)
        other.sendall(work)
        _read_an_answer(other)
        greedy.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                answers += greedy.recv(65536)
        assert answers.count(b"worked") < pipelined / 2


def _read_an_answer(sock: socket.socket) -> bytes:
    answer = b""
    while b"worked" not in answer:
        received = sock.recv(65536)
        assert received, answer
        answer += received
    return answer


def test_a_head_that_never_ends_is_cut(server: TransportServer) -> None:
    with server.connect() as sock:
        started = time.monotonic()
        sock.sendall(b"GET /state HTTP/1.1\r\nHost: x\r\n")
        dripping = b"X-Drip: 1\r\n"
        answer = b""
        sock.settimeout(0.1)
        while not answer and time.monotonic() - started < WITHIN_SECONDS:
            sock.sendall(dripping)
            try:
                answer = sock.recv(4096)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - started < WITHIN_SECONDS


def test_a_connection_that_says_nothing_is_closed(server: TransportServer) -> None:
    started = time.monotonic()
    assert ask(server, b"") == ""
    assert time.monotonic() - started < WITHIN_SECONDS


def test_an_idle_connection_is_closed(server: TransportServer) -> None:
    started = time.monotonic()
    answer = ask(server, b"GET /state HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status(answer) == "200 OK"
    assert time.monotonic() - started < WITHIN_SECONDS


def test_a_body_that_does_not_arrive_is_given_up(server: TransportServer) -> None:
    started = time.monotonic()
    answer = ask(server, b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    assert answer.endswith("incomplete")
    assert time.monotonic() - started < WITHIN_SECONDS


def test_a_post_to_a_session_that_does_not_arrive_closes_it(server: TransportServer) -> None:
    sid = server.open_polling()
    head = f"POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: x\r\n"
    assert status(ask(server, f"{head}Content-Length: 100\r\n\r\n4".encode())) == "400 BAD REQUEST"
    wait_for("end of the session", lambda: server.poll(sid)[0] == 400)


def test_an_answer_nobody_reads_is_given_up(server: TransportServer) -> None:
    sock = server.connect()
    sock.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_for("start of the answer", lambda: server.state()["requests"].get("/large") == "answering")
    wait_for("end of it", lambda: server.state()["requests"].get("/large") == "given up")
    sock.close()


@pytest.mark.parametrize(
    ("what", "head", "expected"),
    [
        ("a long request line", b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", "414"),
        ("a large header", b"GET / HTTP/1.1\r\nX: " + b"x" * 33_000 + b"\r\n\r\n", "431"),
        ("many headers", b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 101 + b"\r\n", "431"),
        ("a folded header", b"GET / HTTP/1.1\r\nX: 1\r\n 2\r\n\r\n", "400"),
        ("a space before the colon", b"POST /body HTTP/1.1\r\nContent-Length : 3\r\n\r\n", "400"),
        ("a name that is no token", b"GET / HTTP/1.1\r\nX(Y): 1\r\n\r\n", "400"),
        ("an empty name", b"GET / HTTP/1.1\r\n: 1\r\n\r\n", "400"),
        ("a return in a value", b"GET / HTTP/1.1\r\nX: 1\rContent-Length: 3\r\n\r\n", "400"),
        ("a NUL in a value", b"GET / HTTP/1.1\r\nX: 1\x002\r\n\r\n", "400"),
        ("a header without a colon", b"GET / HTTP/1.1\r\nnothing\r\n\r\n", "400"),
        (
            "two lengths",
            b"POST /body HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "400",
        ),
        (
            "a length and chunks",
            b"POST /body HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400",
        ),
        ("a signed length", b"POST /body HTTP/1.1\r\nContent-Length: +1\r\n\r\n", "400"),
        ("an unknown coding", b"POST /body HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "501"),
        ("nonsense", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"),
    ],
)
def test_a_head_that_is_too_large_or_ambiguous_is_refused(
    server: TransportServer, what: str, head: bytes, expected: str
) -> None:
    assert status(ask(server, head)).startswith(expected), what


def test_a_large_body_nobody_asked_for_is_not_read(server: TransportServer) -> None:
    with server.connect() as sock:
        sock.sendall(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n")
        started = time.monotonic()
        assert status(_read_to_the_end(sock)) == "200 OK"
        assert time.monotonic() - started < WITHIN_SECONDS


@pytest.mark.parametrize(
    "body", ["Content-Length: 200000", "Transfer-Encoding: chunked"], ids=["long", "chunked"]
)
def test_an_answer_after_which_the_rest_is_not_read_says_that_it_is_the_last(
    server: TransportServer, body: str
) -> None:
    """Or a client would send its next request where nobody listens any more."""
    answer = ask(server, f"POST /ignored HTTP/1.1\r\n{body}\r\n\r\n".encode())
    assert answer.lower().count("connection: close\r\n") == 1


def test_a_chunked_body_is_read(server: TransportServer) -> None:
    chunked = b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert ask(server, chunked + b"3\r\nabc\r\n0\r\n\r\n").endswith("\r\n\r\n3")


def test_a_request_that_mentions_upgrade_does_not_get_the_naked_connection(
    server: TransportServer,
) -> None:
    """Stock hands the application a body without an end, and the greenlet waits for ever."""
    answer = ask(server, b"GET /body HTTP/1.1\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n")
    assert answer.endswith("\r\n\r\n0")


def test_bad_requests_cost_a_line_now_and_then_and_no_greenlet(server: TransportServer) -> None:
    before = server.log().count("\n")
    for _ in range(50):
        ask(server, b"nonsense\r\n\r\n")
    assert server.log().count("\n") - before <= 2
    assert "Traceback" not in server.log()
    wait_for("end of the greenlets", lambda: server.greenlets() < 10)
