"""Two ends of a transport that say what they are told, and notice how the server takes it."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
from collections.abc import Iterable
from typing import Any

import requests

from tests.support.patience import PATIENCE_SECONDS
from tests.support.server import Server
from tests.transport.server import RawWebSocket

SEPARATOR = b"\x1e"
PING, PONG, CLOSE = 9, 10, 8
# RFC 6455 §7.4.1: what a server may say when it has had enough.
PROPER_CODES = {1000, 1002, 1003, 1007, 1008, 1009}
_numbers = itertools.count(700_000_000)


class Stuck(AssertionError):
    """The server neither answered nor hung up."""


class Closed(Exception):
    """The server ended the connection; ``code`` is that of its Close frame, if there was one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class WebSocketPeer(RawWebSocket):
    """A WebSocket; ``token`` joins namespace ``/`` with it."""

    def __init__(self, server: Server, token: str | None = None, query: str = "") -> None:
        super().__init__(server, query)  # type: ignore[arg-type]  # any server with a port will do
        self.said: list[str] = []
        self.pongs: list[bytes] = []
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.status = int(self.head.split()[1])
        if not query:
            self.hear("0{")
        if token is not None:
            self.join(token)

    def join(self, token: str) -> None:
        """Sign in on namespace ``/``."""
        self.send(f"40{json.dumps({'token': token})}")
        self.hear('42["ready"')

    def pour(self, data: bytes, pieces: Iterable[int] = ()) -> None:
        """Send bytes as they are, cut at some places; a server that has hung up is no error."""
        ends = sorted({*(at for at in pieces if at < len(data)), len(data)})
        try:
            for begin, end in itertools.pairwise([0, *ends]):
                self.sock.sendall(data[begin:end])
        except OSError:
            pass

    def say(self, text: str) -> None:
        """Send a text message; a server that has hung up is no error."""
        with contextlib.suppress(OSError):
            self.send_frame(1, text.encode("utf-8", "surrogatepass"))

    def say_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        with contextlib.suppress(OSError):
            self.send_frame(2, data)

    def hear(self, beginning: str) -> str:
        """The next text message that begins so; keeps everything. Raises :class:`Closed`."""
        while True:
            opcode, payload = self._next()
            if opcode == CLOSE:
                raise Closed(int.from_bytes(payload[:2], "big") if payload else None)
            if opcode == PONG:
                self.pongs.append(payload)
                continue
            self.said.append(payload.decode())
            if self.said[-1] == "2":
                self.say("3")
            if self.said[-1].startswith(beginning):
                return self.said[-1]

    def once(self, beginning: str) -> str:
        """A text message that begins so, heard before or next: a refusal may overtake an answer."""
        before = (text for text in self.said if text.startswith(beginning))
        return next(before, None) or self.hear(beginning)

    def hear_the_end(self) -> int | None:
        """Read until the connection is over; its code, if the server said one."""
        try:
            self.hear("\0")
        except Closed as closed:
            return closed.code
        raise AssertionError("no message begins so")

    def finish(self) -> None:
        """Send no more, as a program does that has ended."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def answers(self, token: str) -> bool:
        """Whether it can still be used, by somebody who signs in; if not, it was closed properly."""
        number = next(_numbers)
        self.say(f"40{json.dumps({'token': token})}")
        self.say(f'42{number}["sync",{{"after":9007199254740991}}]')
        try:
            self.hear(f"43{number}[")
        except Closed as closed:
            assert closed.code in PROPER_CODES, closed.code
            return False
        return True

    def _next(self) -> tuple[int, bytes]:
        try:
            return self.receive_frame()
        except TimeoutError:
            raise Stuck("neither an answer nor an end") from None
        except (EOFError, OSError):
            raise Closed(None) from None


class PollingPeer:
    """A session over long polling; ``token`` joins namespace ``/`` with it."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.http = requests.Session()
        self.url = f"{server.url}/socket.io/?EIO=4&transport=polling"
        opened = self.http.get(self.url, timeout=PATIENCE_SECONDS)
        self.sid: str = json.loads(opened.text[1:])["sid"]
        self.url += f"&sid={self.sid}"
        self.said: list[str] = []
        if token is not None:
            assert self.post(f"40{json.dumps({'token': token})}".encode()) == 200
            assert self.hear('42["ready"')

    def post(self, body: bytes, **headers: str) -> int:
        """Post a body as it is; its status."""
        try:
            return self.http.post(
                self.url, data=body, headers=headers, timeout=PATIENCE_SECONDS
            ).status_code
        except requests.ConnectionError:  # hung up in the middle of a body it does not want
            return 400

    def hear(self, beginning: str) -> bool:
        """Poll until a packet begins so; ``False`` when the session is over."""
        while True:
            answer = self.http.get(self.url, timeout=PATIENCE_SECONDS)
            assert answer.status_code in (200, 400), answer.status_code
            packets = answer.text.split("\x1e")
            self.said += packets
            if answer.status_code == 400 or "1" in packets:
                return False
            if "2" in packets:
                self.post(b"3")
            if any(packet.startswith(beginning) for packet in packets):
                return True

    def answers(self, token: str) -> bool:
        """Whether it can still be used, by somebody who signs in; if not, it has ended."""
        number = next(_numbers)
        probe = [
            f"40{json.dumps({'token': token})}",
            f'42{number}["sync",{{"after":9007199254740991}}]',
        ]
        status = self.post(SEPARATOR.join(packet.encode() for packet in probe))
        assert status in (200, 400), status
        return status == 200 and self.hear(f"43{number}[")

    def close(self) -> None:
        """End the session, if it has not ended."""
        self.post(b"1")
        self.http.close()


def refusals(said: list[str]) -> list[Any]:
    """The errors among what was said: of acknowledgements, of ``error`` events, of CONNECT."""
    found = []
    for packet in said:
        body = json.loads(packet[packet.index("[") :]) if packet[:2] in ("42", "43") else []
        if packet[:2] == "43" and not body[0]["ok"]:
            found.append(body[0]["error"])
        elif packet[:2] == "42" and body[0] == "error":
            found.append(body[1])
    return found
