"""How the server starts, refuses to start, and leaves."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_SECONDS
from tests.support.server import free_port
from tests.transport.server import (
    ROOT,
    WITHIN_SECONDS,
    RawWebSocket,
    TransportServer,
    serving,
    wait_for,
)


@pytest.fixture
def server() -> Iterator[TransportServer]:
    with serving() as running:
        yield running


# --- starting


def start(*arguments: str, **env: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Start gunicorn with the project's own configuration and wait for it to give up."""
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "WEB_CONCURRENCY")}
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", *arguments],
        cwd=ROOT,
        env={**clean, "PORT": str(port), "HOST": "127.0.0.1", **env},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    return result, port


@pytest.mark.parametrize(
    ("arguments", "env", "sentence"),
    [
        ((), {"WEB_CONCURRENCY": "2"}, "REDIS_URL is not set"),
        (("--workers", "3"), {}, "3 workers were asked for"),
        (("-k", "gevent"), {}, "WebSockets need Palabre's own worker"),
        (("-k", "sync"), {}, "WebSockets need Palabre's own worker"),
        (("--max-requests", "100"), {}, "--max-requests"),
        (("--preload",), {}, "WebSockets need Palabre's own worker"),
        ((), {"PORT": "http"}, "PORT must be a number"),
    ],
)
def test_a_wrong_start_is_refused_with_a_sentence_before_anything_is_bound(
    arguments: tuple[str, ...], env: dict[str, str], sentence: str
) -> None:
    result, _ = start(*arguments, **env)
    assert result.returncode != 0
    assert sentence in result.stderr
    assert "Listening at" not in result.stderr
    assert "Booting worker" not in result.stderr


def test_another_configuration_with_another_worker_is_refused_too(tmp_path: Path) -> None:
    """wsgi.py notices by itself, and gunicorn does not try again for ever."""
    other = tmp_path / "other.py"
    other.write_text("control_socket_disable = True\n")
    guarded = tmp_path / "guarded.py"
    guarded.write_text(
        "from app.transport.http.worker import require_our_worker\nrequire_our_worker()\napp = None\n"
    )
    result, _ = start(
        *("-c", str(other), "-k", "gevent", "-b", f"127.0.0.1:{free_port()}", "guarded:app"),
        PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}",
    )
    assert result.returncode != 0
    assert "WebSockets need Palabre's own worker" in result.stderr


def test_a_second_worker_is_not_added_later(server: TransportServer) -> None:
    server.terminate(signal.SIGTTIN)
    wait_for("refusal", lambda: "REDIS_URL is not set" in server.log())
    server.stop()
    assert server.log().count("Booting worker") == 1


def test_a_low_limit_of_open_files_is_announced() -> None:
    with serving("--worker-connections", "1000000") as running:
        assert "LimitNOFILE" in running.log()


def test_a_worker_that_is_killed_is_replaced(server: TransportServer) -> None:
    first = server.state()["pid"]
    ws = RawWebSocket.joined(server)
    os.kill(first, signal.SIGKILL)
    with pytest.raises((EOFError, ConnectionError)):
        ws.receive()

    def another() -> bool:
        try:
            return bool(server.state()["pid"] != first)
        except OSError:
            return False

    wait_for("another worker", another)


def test_a_reload_has_one_process_at_a_time_and_refuses_nobody(server: TransportServer) -> None:
    first = server.state()["pid"]
    ws = RawWebSocket.joined(server)
    server.terminate(signal.SIGHUP)
    assert ws.receive() == '42["session_ended","server_restarting"]'
    ws.close()
    wait_for("another worker", lambda: server.state()["pid"] != first)  # raises if refused
    log = server.log()
    assert log.index("Worker exiting") < log.rindex("Booting worker")
    assert log.count("Booting worker") == 2


# --- leaving


def test_it_leaves_quickly_with_sockets_open_and_says_so_first(
    server: TransportServer, tmp_path: Path
) -> None:
    sockets = [RawWebSocket.joined(server) for _ in range(20)]
    poller = server.open_polling()
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(server.poll, poller)
        wait_for("pending poll", poll.running)
        started = time.monotonic()
        server.terminate()
        for ws in sockets:
            assert ws.receive() == '42["session_ended","server_restarting"]'
            assert ws.receive() == "1"
            assert ws.close_code() == 1001  # going away
            ws.close()
        assert "server_restarting" in poll.result()[1]
    assert server.process.wait(10) == 0
    assert time.monotonic() - started < WITHIN_SECONDS


def test_a_poller_with_much_to_fetch_hears_that_it_leaves(server: TransportServer) -> None:
    """It takes several polls, on one connection: another could not be opened any more."""
    sid = server.open_polling()
    server.post(sid, '42["flood_me",40,10]')
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    kept.connect()
    kept.auto_open = 0  # once closed it stays closed
    fetched = ""
    while "session_ended" not in fetched:
        kept.request("GET", f"/socket.io/?EIO=4&transport=polling&sid={sid}")
        fetched += kept.getresponse().read().decode()
        if server.process.poll() is None and _accepts(server):
            server.terminate()
            wait_for("closed door", lambda: not _accepts(server))
    assert fetched.count('"flood"') == 40
    kept.close()
    assert server.process.wait(10) == 0


def test_idle_connections_do_not_hold_it_up(server: TransportServer) -> None:
    silent, kept = server.connect(), server.connect()
    kept.sendall(b"GET /state HTTP/1.1\r\nHost: x\r\n\r\n")
    assert kept.recv(4096)
    half = server.connect()
    half.sendall(b"GET /state HTTP/1.1\r\nHo")
    started = time.monotonic()
    server.terminate()
    server.process.wait(10)
    assert time.monotonic() - started < WITHIN_SECONDS
    for sock in (silent, kept, half):
        sock.close()


def test_a_peer_that_reads_nothing_does_not_hold_it_up(server: TransportServer) -> None:
    stalled = RawWebSocket.joined(server, receive_buffer=4096)
    stalled.event("flood_me", 30, 100_000)
    assert server.state()["slow_consumers"] == 0  # it is not cut before
    started = time.monotonic()
    server.terminate()
    server.process.wait(10)
    assert time.monotonic() - started < WITHIN_SECONDS


def test_a_request_under_way_is_answered_and_the_writer_finished_after_it(tmp_path: Path) -> None:
    stopped = tmp_path / "stopped"
    with serving(env={"STOPPED_FILE": str(stopped)}) as server:
        with server.connect() as sock:
            sock.sendall(b"GET /slow?seconds=1.5 HTTP/1.1\r\nHost: x\r\n\r\n")
            wait_for("the request", lambda: server.state()["requests"].get("/slow"))
            server.terminate()
            wait_for("closed door", lambda: not _accepts(server))
            assert not stopped.exists()
            answer = b""
            while received := sock.recv(4096):
                answer += received
        assert b"200 OK" in answer
        assert answer.endswith(b"done")
        assert b"Connection: close" in answer
        assert server.process.wait(10) == 0
        assert stopped.read_text() == "finished, /slow was done"


def _accepts(server: TransportServer) -> bool:
    try:
        server.connect(1).close()
    except OSError:
        return False
    return True


def test_a_request_that_never_ends_does_not_either(tmp_path: Path) -> None:
    """It is cut before the writer finishes, and that before gunicorn kills the process."""
    stopped = tmp_path / "stopped"
    env = {"STOPPED_FILE": str(stopped)}
    with serving("--graceful-timeout", "3", env=env) as server, server.connect() as sock:
        sock.sendall(b"GET /slow?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for("the request", lambda: server.state()["requests"].get("/slow"))
        started = time.monotonic()
        server.terminate()
        assert server.process.wait(12) == 0
        assert time.monotonic() - started < 10
        assert "Cutting 1 connections" in server.log()
        assert stopped.read_text() == "finished, /slow was cut"


def test_control_c_leaves_at_once(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    started = time.monotonic()
    server.terminate(signal.SIGINT)
    assert ws.receive() == '42["session_ended","server_restarting"]'
    server.process.wait(10)
    assert time.monotonic() - started < WITHIN_SECONDS


def test_a_worker_whose_parent_dies_leaves(server: TransportServer) -> None:
    ws = RawWebSocket.joined(server)
    server.process.kill()
    assert ws.receive() == '42["session_ended","server_restarting"]'
    wait_for("closed door", lambda: not _accepts(server))


def test_no_new_session_opens_while_it_leaves(server: TransportServer) -> None:
    with server.connect() as kept, server.connect() as slow:
        kept.sendall(b"GET /slow?seconds=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        kept.recv(4096)
        slow.sendall(b"GET /slow?seconds=2 HTTP/1.1\r\nHost: x\r\n\r\n")
        kept.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
        server.terminate()
        wait_for("closed door", lambda: not _accepts(server))
        kept.sendall(b"x")
        assert _all(kept).endswith(b"\r\n\r\n1")  # the last answer of this connection
    server.process.wait(10)


def _all(sock: socket.socket) -> bytes:
    answer = b""
    while received := sock.recv(4096):
        answer += received
    return answer
