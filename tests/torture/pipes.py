"""What carries Engine.IO packets: a websocket, or long polling. By hand, and as thin as can be.

Fifty of these fit into one process beside the server they torment; the official clients are in
``tests/clients``. Protocols: RFC 6455 and Engine.IO 4.
"""

from __future__ import annotations

import http.client
import select
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from typing import Protocol

# Longer than the server needs to come back after a kill, shorter than anybody's patience.
TIMEOUT_SECONDS = 8.0
PATH = "/socket.io/?EIO=4&transport="
SEPARATOR = "\x1e"
# What one POST may carry; see the limits in docs/protocol.md.
POST_PACKETS, POST_BYTES = 200, 90_000


class LostError(Exception):
    """The connection is gone, or was refused: what was asked and not answered is unknown."""


class Pipe(Protocol):
    """Packets in both directions. Every method but ``cut`` raises LostError."""

    def send(self, packets: list[str]) -> None:
        """Hand packets over, all in one go."""

    def receive(self, timeout: float) -> str | None:
        """The next packet, or ``None`` if none comes within ``timeout`` seconds."""

    def cut(self) -> None:
        """Drop the connection as a failing network would: no goodbye, nothing more is read."""


class WebSocketPipe:
    """One websocket. ``receive_buffer`` bytes of SO_RCVBUF, for clients that are to read slowly."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        self._buffer = bytearray()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(TIMEOUT_SECONDS)
        try:
            self.socket.connect(("127.0.0.1", port))
            self._shake_hands(port)
        except (OSError, LostError) as error:
            self.cut()
            raise LostError(str(error)) from error

    def send(self, packets: list[str]) -> None:
        """All of them in one write."""
        self._write(b"".join(_frame(1, packet.encode()) for packet in packets))

    def receive(self, timeout: float) -> str | None:
        """The next text message; pings of the websocket itself are answered."""
        deadline = time.monotonic() + timeout
        while True:
            found = self._take()
            if found is not None:
                opcode, payload = found
                if opcode == 1:
                    return payload.decode()
                if opcode != 9:
                    raise LostError("the websocket was closed")
                self._write(_frame(10, payload))
            elif not self._fill(deadline - time.monotonic()):
                return None

    def cut(self) -> None:
        """Close the socket, and with it whatever was on its way."""
        self.socket.close()

    def reset(self) -> None:
        """Close it with a RST."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _shake_hands(self, port: int) -> None:
        self.socket.sendall(
            f"GET {PATH}websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while b"\r\n\r\n" not in self._buffer:
            if not self._fill(deadline - time.monotonic()):
                raise LostError("no answer to the handshake")
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise LostError(head.decode(errors="replace")[:200])
        self._buffer = bytearray(rest)

    def _take(self) -> tuple[int, bytes] | None:
        """The first whole frame of the buffer. Servers neither mask nor, here, fragment."""
        if len(self._buffer) < 2:
            return None
        opcode, length, start = self._buffer[0] & 15, self._buffer[1] & 127, 2
        if length > 125:
            size = 2 if length == 126 else 8
            if len(self._buffer) < 2 + size:
                return None
            start, length = 2 + size, int.from_bytes(self._buffer[2 : 2 + size], "big")
        if len(self._buffer) < start + length:
            return None
        payload = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        return opcode, payload

    def _fill(self, timeout: float) -> bool:
        """Read what there is; whether anything came in time."""
        try:
            self.socket.settimeout(max(timeout, 0.000_001))
            piece = self.socket.recv(65536)
        except TimeoutError:
            return False
        except OSError as error:
            raise LostError(str(error)) from error
        if not piece:
            raise LostError("the server hung up")
        self._buffer += piece
        return True

    def _write(self, data: bytes) -> None:
        try:
            self.socket.settimeout(TIMEOUT_SECONDS)
            self.socket.sendall(data)
        except OSError as error:
            raise LostError(str(error)) from error


def _frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame. Its mask is all zeroes, which is allowed and leaves the bytes as they are."""
    length = len(payload)
    if length < 126:
        head = bytes([128 | opcode, 128 | length])
    elif length < 65536:
        head = struct.pack("!BBH", 128 | opcode, 128 | 126, length)
    else:
        head = struct.pack("!BBQ", 128 | opcode, 128 | 127, length)
    return head + b"\0\0\0\0" + payload


class PollingPipe:
    """One long-polling session: a connection that asks and waits, another that posts."""

    def __init__(self, port: int, patience: float = TIMEOUT_SECONDS) -> None:
        self._in = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        self._out = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        self._path = f"{PATH}polling"
        self._arrived: deque[str] = deque()
        self._asked = False
        opened = self.receive(TIMEOUT_SECONDS)
        if opened is None or not opened.startswith("0"):
            self.cut()
            raise LostError("no answer to the handshake")
        self._path += f"&sid={opened.split(chr(34))[3]}"
        self._arrived.appendleft(opened)

    def send(self, packets: list[str]) -> None:
        """In as few POSTs as the limits allow."""
        for body in _bodies(packets):
            try:
                self._out.request("POST", self._path, body, {"Content-Type": "text/plain"})
                answer = self._out.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException) as error:
                raise LostError(str(error)) from error
            if answer.status != 200:
                raise LostError(f"{answer.status} {text[:100]!r}")

    def receive(self, timeout: float) -> str | None:
        """The next packet; the question stays open if nothing comes in time."""
        if not self._arrived:
            try:
                self._ask(timeout)
            except (OSError, http.client.HTTPException) as error:
                raise LostError(str(error)) from error
        return self._arrived.popleft() if self._arrived else None

    def cut(self) -> None:
        """Close both connections."""
        self._in.close()
        self._out.close()

    def _ask(self, timeout: float) -> None:
        if not self._asked:
            self._in.request("GET", self._path)
            self._asked = True
        if self._in.sock is None:
            raise OSError("the question was not answered")
        if not select.select([self._in.sock], [], [], max(timeout, 0))[0]:
            return
        answer = self._in.getresponse()
        self._asked = False
        text = answer.read().decode()
        if answer.status != 200:
            raise LostError(f"{answer.status} {text[:100]}")
        self._arrived.extend(text.split(SEPARATOR))


def _bodies(packets: list[str]) -> list[bytes]:
    bodies, waiting, size = [], list[str](), 0
    for packet in packets:
        if waiting and (len(waiting) >= POST_PACKETS or size + len(packet) > POST_BYTES):
            bodies.append(SEPARATOR.join(waiting).encode())
            waiting, size = [], 0
        waiting.append(packet)
        size += len(packet.encode()) + 1
    return [*bodies, SEPARATOR.join(waiting).encode()]
