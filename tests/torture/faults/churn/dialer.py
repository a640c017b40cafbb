"""Many connections at once, as bare as they can be: opened to any depth, and ended in any way.

As a program (``python -m tests.torture.faults.churn.dialer PORT COUNT < tokens``) it opens them, says so, and
waits to be killed.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence

REQUEST = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
PATIENCE_SECONDS = 30.0
# How far a connection gets before it ends.
DEPTHS = ("half a request", "upgraded", "signed in", "in a conversation")


class Dialed:
    """One TCP connection that speaks WebSocket."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._read = b""

    def say(self, text: str) -> None:
        """One masked text frame; a mask of zeros leaves it as it is."""
        data = text.encode()
        assert len(data) < 65536
        length = (
            struct.pack(">BB", 0x81, 0x80 | len(data))
            if len(data) < 126
            else struct.pack(">BBH", 0x81, 0x80 | 126, len(data))
        )
        self.socket.sendall(length + bytes(4) + data)

    def hear(self, text: bytes) -> None:
        """Read until the server has said this."""
        while text not in self._read:
            piece = self.socket.recv(65536)
            assert piece, f"closed by the server before {text!r}: {self._read[-200:]!r}"
            self._read += piece
        self._read = b""

    # --- ways to end

    def close(self) -> None:
        """As a client that says goodbye: Engine.IO's close, a Close frame, and FIN."""
        self.say("1")
        self.socket.sendall(b"\x88\x80\0\0\0\0")
        self.socket.close()

    def fin(self) -> None:
        """No word, only the end of the connection, once everything was read."""
        self.socket.setblocking(False)
        try:
            while self.socket.recv(65536):
                pass
        except (BlockingIOError, ConnectionError):
            pass
        self.socket.close()

    def rst(self) -> None:
        """A reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def half(self) -> None:
        """FIN in our direction, and we go on listening until the server has closed as well."""
        self.socket.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.socket.recv(65536):
            assert time.monotonic() < deadline, "the server goes on talking to nobody"
        self.socket.close()


WAYS: dict[str, Callable[[Dialed], None]] = {
    "close": Dialed.close,
    "FIN": Dialed.fin,
    "RST": Dialed.rst,
    "half-close": Dialed.half,
}


def dial(
    port: int, people: Sequence[tuple[str, int]], count: int, depth: str = DEPTHS[-1]
) -> list[Dialed]:
    """Open so many, each step for all of them before the next one."""
    deep = DEPTHS.index(depth)
    opened = [Dialed(port) for _ in range(count)]
    for one in opened:
        one.socket.sendall(REQUEST[: None if deep else 60].encode())
    if deep >= 1:
        for one in opened:
            one.hear(b'"sid"')
    if deep >= 2:
        for number, one in enumerate(opened):
            one.say(f"40{json.dumps({'token': people[number % len(people)][0]})}")
        for one in opened:
            one.hear(b'42["ready"')
    if deep >= 3:
        for number, one in enumerate(opened):
            body = {"conversation_id": people[number % len(people)][1]}
            one.say(f'421["join_conversation",{json.dumps(body)}]')
        for one in opened:
            one.hear(b'431[{"ok":true')
    return opened


def _main() -> None:
    people = [(token, place) for token, place in json.load(sys.stdin)]
    opened = dial(int(sys.argv[1]), people, int(sys.argv[2]))
    os.write(1, f"{len(opened)}\n".encode())
    time.sleep(600)  # until we are killed


if __name__ == "__main__":
    _main()
