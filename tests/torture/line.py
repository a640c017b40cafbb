"""The thinnest clients there are: Socket.IO 5 over one :mod:`pipe <tests.torture.pipes>`, and one REST
call at a time.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tests.torture.pipes import TIMEOUT_SECONDS, LostError, Pipe, WebSocketPipe

__all__ = ["TIMEOUT_SECONDS", "Heard", "Line", "LostError", "TokenError", "rest"]


class TokenError(LostError):
    """The access token has run out: to be renewed, and then the same again."""


class Heard(NamedTuple):
    """One thing the server said: an event, the answer to what was sent under ``ack_id``, or neither:
    a packet that only keeps the connection alive.
    """

    event: str | None = None
    ack_id: int | None = None
    payload: Any = None


class Line:
    """One accepted connection to namespace ``/``. Every method but ``cut`` raises LostError."""

    prefix = ""  # of a packet, and says which namespace it is of

    def __init__(self, port: int, token: str, pipe: Pipe | None = None) -> None:
        self._next_ack = 0
        self.pipe = WebSocketPipe(port) if pipe is None else pipe
        try:
            self._expect("0")
            self.pipe.send([f"40{self.prefix}{json.dumps({'token': token})}"])
            self._expect(f"40{self.prefix}")
        except LostError:
            self.cut()
            raise

    def send(self, event: str, payload: dict[str, Any]) -> int:
        """Emit an event without waiting; returns the number its answer will carry."""
        return self.send_all([(event, payload)])[0]

    def send_all(self, events: Iterable[tuple[str, dict[str, Any]]]) -> list[int]:
        """Emit several events in one go; returns the numbers of their answers."""
        packets, numbers = [], []
        for event, payload in events:
            self._next_ack += 1
            numbers.append(self._next_ack)
            spelt = json.dumps(self.spell(event, payload))
            packets.append(f"42{self.prefix}{self._next_ack}{spelt}")
        self.pipe.send(packets)
        return numbers

    def read(self, timeout: float) -> Heard | None:
        """The next thing said within ``timeout`` seconds, or ``None``."""
        packet = self.pipe.receive(timeout)
        if packet is None:
            return None
        if packet == "2":
            self.pipe.send(["3"])
            return Heard()
        start = 2 + len(self.prefix)
        if packet.startswith("42"):
            event, payload = json.loads(packet[start:])
            return self.understand(Heard(event, None, payload))
        if packet.startswith("43"):
            bracket = packet.index("[")
            answer = json.loads(packet[bracket:])[0]
            return self.understand(Heard(None, int(packet[start:bracket]), answer))
        if packet.startswith(("1", "41")):
            raise LostError("closed by the server")
        return Heard()

    def ask(
        self,
        event: str,
        payload: dict[str, Any],
        hear: Callable[[Heard], None] = lambda _heard: None,
        patience: float = TIMEOUT_SECONDS,
    ) -> Any:
        """Emit an event and wait for its answer; ``hear`` is told what is said before it.

        Raises LostError after ``patience`` seconds in which nothing at all was said.
        """
        wanted = self.send(event, payload)
        while True:
            heard = self.read(patience)
            if heard is None:
                raise LostError(f"no answer to {event}")
            if heard.ack_id == wanted:
                return heard.payload
            hear(heard)

    def spell(self, event: str, payload: dict[str, Any]) -> list[Any]:
        """An event as this namespace spells it."""
        return [event, payload]

    def understand(self, heard: Heard) -> Heard:
        """What was said, as ``/`` would say it."""
        return heard

    def cut(self) -> None:
        """Drop the connection as a failing network would: no goodbye, nothing more is read."""
        self.pipe.cut()

    def _expect(self, start: str) -> None:
        packet = self.pipe.receive(TIMEOUT_SECONDS)
        while packet == "6":  # a NOOP ends a poll and says nothing
            packet = self.pipe.receive(TIMEOUT_SECONDS)
        if packet is None or not packet.startswith(start):
            problem = f"expected {start}, got {(packet or 'nothing')[:200]}"
            raise TokenError(problem) if '"token_expired"' in problem else LostError(problem)


def rest(
    port: int,
    token: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    patience: float = TIMEOUT_SECONDS,
) -> tuple[int, Any]:
    """One call under ``/api/v1`` on a connection of its own: status and body, or LostError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(
            method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers
        )
        answer = connection.getresponse()
        status, text = answer.status, json.loads(answer.read() or b"null")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LostError(str(error)) from error
    finally:
        connection.close()
    if status == 401 and text["code"] == "token_expired":
        raise TokenError(text["message"])
    return status, text
