"""The thinnest clients there are: packets over one websocket, and one REST call at a time.

Fifty of these fit into one process beside the server they torment; the official clients are in
``tests/clients``. Protocols: Engine.IO 4 and Socket.IO 5.
"""

from __future__ import annotations

import http.client
import json
import select
from typing import Any, NamedTuple

import websocket

# Longer than the server needs to come back after a kill, shorter than anybody's patience.
TIMEOUT_SECONDS = 8.0


class LostError(Exception):
    """The connection is gone, or was refused: what was asked and not answered is unknown."""


class Heard(NamedTuple):
    """One thing the server said: an event, or the answer to what was sent under ``ack_id``."""

    event: str | None
    ack_id: int | None
    payload: Any


class Line:
    """One accepted connection to namespace ``/``. Every method but ``cut`` raises LostError."""

    def __init__(self, port: int, token: str) -> None:
        self._next_ack = 0
        try:
            self._socket = websocket.create_connection(
                f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket",
                timeout=TIMEOUT_SECONDS,
                skip_utf8_validation=True,
            )
        except (OSError, websocket.WebSocketException) as error:
            raise LostError(str(error)) from error
        try:
            self._join(token)
        except LostError:
            self.cut()
            raise

    def send(self, event: str, payload: dict[str, Any]) -> int:
        """Emit an event without waiting; returns the number its answer will carry."""
        self._next_ack += 1
        self._write(f"42{self._next_ack}{json.dumps([event, payload])}")
        return self._next_ack

    def read(self, timeout: float) -> Heard | None:
        """The next thing said within ``timeout`` seconds, or ``None``."""
        if not select.select([self._socket.sock], [], [], timeout)[0]:
            return None
        packet = self._receive()
        if packet == "2":
            self._write("3")
            return None
        if packet.startswith("42"):
            event, payload = json.loads(packet[2:])
            return Heard(event, None, payload)
        if packet.startswith("43"):
            bracket = packet.index("[")
            return Heard(None, int(packet[2:bracket]), json.loads(packet[bracket:])[0])
        if packet.startswith(("1", "41")):
            raise LostError("closed by the server")
        return None

    def ask(self, event: str, payload: dict[str, Any]) -> tuple[Any, list[Heard]]:
        """Emit an event and wait for its answer; also returns what was said before it."""
        wanted, meanwhile = self.send(event, payload), []
        while True:
            heard = self.read(TIMEOUT_SECONDS)
            if heard is None:
                raise LostError(f"no answer to {event}")
            if heard.ack_id == wanted:
                return heard.payload, meanwhile
            meanwhile.append(heard)

    def cut(self) -> None:
        """Drop the connection as a failing network would: no goodbye, nothing more is read."""
        self._socket.shutdown()

    def _join(self, token: str) -> None:
        self._expect("0")
        self._write(f"40{json.dumps({'token': token})}")
        self._expect("40")

    def _expect(self, start: str) -> None:
        packet = self._receive()
        if not packet.startswith(start):
            raise LostError(f"expected {start}, got {packet[:200]}")

    def _receive(self) -> str:
        try:
            packet = self._socket.recv()
        except (OSError, websocket.WebSocketException) as error:
            raise LostError(str(error)) from error
        if not isinstance(packet, str) or not packet:
            raise LostError("the websocket was closed")
        return packet

    def _write(self, packet: str) -> None:
        try:
            self._socket.send(packet)
        except (OSError, websocket.WebSocketException) as error:
            raise LostError(str(error)) from error


def rest(
    port: int, token: str, method: str, path: str, body: dict[str, Any] | None = None
) -> tuple[int, Any]:
    """One call under ``/api/v1`` on a connection of its own: status and body, or LostError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(
            method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LostError(str(error)) from error
    finally:
        connection.close()
