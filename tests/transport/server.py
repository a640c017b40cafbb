"""Starts the transport's test application under gunicorn and talks to it byte by byte."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.support.patience import PATIENCE_SECONDS
from tests.support.server import free_port

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
# Long for a busy machine, but shorter than the ordinary times of the transport, which begin at ten seconds:
# a test that has shortened one of them is to see that one take effect, and not another.
WITHIN_SECONDS = 9.0


def wait_for(what: str, probe: Callable[[], T], seconds: float = WITHIN_SECONDS) -> T:
    """Poll until *probe* returns something true; fail, naming *what*, after *seconds*."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := probe():
            return found
        time.sleep(0.02)
    raise AssertionError(f"no {what} within {seconds} s")


class TransportServer:
    """The test application in a gunicorn of its own."""

    def __init__(self, *arguments: str, env: dict[str, str] | None = None, **options: Any) -> None:
        self.port = free_port()
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115  # read until the object dies
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "WEB_CONCURRENCY")},
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            "TRANSPORT_OPTIONS": json.dumps(options),
            **(env or {}),
        }
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "tests/transport/gunicorn_settings.py"),
                *(*arguments, "tests.transport.app:app"),
            ],
            cwd=ROOT,
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def wait_until_up(self) -> TransportServer:
        wait_for("answer from the server", self._answers, PATIENCE_SECONDS)
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log()
        try:
            return bool(self.state())
        except OSError:
            return False

    def state(self) -> dict[str, Any]:
        """The application's counters."""
        return self.get("/state")

    def greenlets(self) -> int:
        """How many greenlets the application has."""
        return int(self.get("/greenlets"))

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_SECONDS
        ) as answer:
            return json.loads(answer.read())

    def terminate(self, sig: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(sig)

    def stop(self) -> None:
        self.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def connect(self, timeout: float = 10.0) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    # --- long polling

    def request(self, method: str, query: str, body: bytes | None = None) -> tuple[int, str]:
        """One request to the Socket.IO endpoint: status and body."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/socket.io/?EIO=4&{query}", data=body, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def open_polling(self, join: bool = True) -> str:
        """A polling session's id, with namespace ``/`` joined."""
        _, opened = self.request("GET", "transport=polling")
        sid: str = json.loads(opened[1:])["sid"]
        if join:
            assert self.post(sid, "40") == (200, "OK")
            assert self.poll(sid)[1].startswith("40{")
        return sid

    def post(self, sid: str, body: str | bytes) -> tuple[int, str]:
        data = body.encode() if isinstance(body, str) else body
        return self.request("POST", f"transport=polling&sid={sid}", data)

    def poll(self, sid: str) -> tuple[int, str]:
        return self.request("GET", f"transport=polling&sid={sid}")


@contextlib.contextmanager
def serving(
    *arguments: str, env: dict[str, str] | None = None, **options: Any
) -> Iterator[TransportServer]:
    server = TransportServer(*arguments, env=env, **options)
    try:
        yield server.wait_until_up()
    finally:
        server.stop()


def _mask(key: bytes, payload: bytes) -> bytes:
    size = len(payload)
    pad = int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ pad).to_bytes(size, "big")


class RawWebSocket:
    """A WebSocket client that does what it is told, right or wrong."""

    def __init__(
        self, server: TransportServer, query: str = "", headers: str = "", receive_buffer: int = 0
    ) -> None:
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(10)
        self.sock.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n".encode()
        )
        self._buffer = b""
        while b"\r\n\r\n" not in self._buffer:
            received = self.sock.recv(4096)
            assert received, "connection closed during the handshake"
            self._buffer += received
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        self.head = head.decode()

    @classmethod
    def joined(cls, server: TransportServer, **options: Any) -> RawWebSocket:
        """With its session open and namespace ``/`` joined."""
        ws = cls(server, **options)
        assert ws.receive().startswith("0{")
        ws.send("40")
        assert ws.receive().startswith("40{")
        return ws

    def send_frame(
        self,
        opcode: int,
        payload: bytes = b"",
        *,
        first: int | None = None,
        masked: bool = True,
        length: int | None = None,
    ) -> None:
        """Send a frame; *first* replaces its first byte, *length* what it claims to hold."""
        size = len(payload) if length is None else length
        mask = 0x80 if masked else 0
        head = bytes([0x80 | opcode if first is None else first])
        if size < 126:
            head += bytes([mask | size])
        elif size < 0x10000:
            head += bytes([mask | 126]) + struct.pack("!H", size)
        else:
            head += bytes([mask | 127]) + struct.pack("!Q", size)
        if masked:
            key = os.urandom(4)
            head, payload = head + key, _mask(key, payload)
        self.sock.sendall(head + payload)

    def send(self, text: str) -> None:
        self.send_frame(1, text.encode())

    def receive_frame(self) -> tuple[int, bytes]:
        first, second = self._take(2)
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(self._take(2), "big")
        elif size == 127:
            size = int.from_bytes(self._take(8), "big")
        return first & 0x0F, self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            received = self.sock.recv(65536)
            if not received:
                raise EOFError
            self._buffer += received
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def receive(self) -> str:
        """The next text message that is not a ping of Engine.IO's; pings are answered."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == 8:
                raise EOFError(int.from_bytes(payload[:2], "big"))
            assert opcode == 1, (opcode, payload)
            if payload != b"2":
                return payload.decode()
            self.send("3")

    def event(self, *arguments: Any, ack: int | str = "") -> None:
        self.send(f"42{ack}{json.dumps(arguments)}")

    def close_code(self) -> int:
        """The code of the Close frame the server sends, whatever comes before it."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == 8:
                return int.from_bytes(payload[:2], "big")

    def is_gone(self) -> bool:
        """Read whatever still comes; whether the connection has ended."""
        self.sock.settimeout(0.2)
        try:
            while self.sock.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        self.sock.close()


def stalled_reader(server: TransportServer) -> RawWebSocket:
    """A joined client that does not read, with little room in its kernel."""
    return RawWebSocket.joined(server, receive_buffer=4096)


def is_established(ws: RawWebSocket, server: TransportServer) -> bool:
    """Whether the kernel still holds the server's end of this connection."""
    here = f"{ws.sock.getsockname()[1]:04X}"
    there = f"{server.port:04X}"
    with open("/proc/net/tcp") as table:
        return any(
            fields[1].endswith(f":{there}") and fields[2].endswith(f":{here}") and fields[3] != "06"
            for fields in (line.split() for line in table.readlines()[1:])
        )
