"""Hand-written Socket.IO over long polling, to send packets that no official client sends."""

from __future__ import annotations

import json
from typing import Any

import requests

from tests.support.server import Server

SEPARATOR = "\x1e"


class Raw:
    """One Engine.IO session, which keeps the server's packets in order."""

    def __init__(self, server: Server, **headers: str) -> None:
        self.url = f"{server.url}/socket.io/?EIO=4&transport=polling"
        self.http = requests.Session()
        self.http.headers.update(headers)
        self.opened = self.http.get(self.url, timeout=30)
        assert self.opened.ok, self.opened.text
        self.url += f"&sid={json.loads(self.opened.text[1:])['sid']}"
        self.waiting: list[str] = []

    def post(self, *packets: str | bytes) -> requests.Response:
        """Sends Socket.IO packets unchanged, each in an Engine.IO message."""
        body = SEPARATOR.encode().join(
            b"4" + (p if isinstance(p, bytes) else p.encode()) for p in packets
        )
        return self.http.post(self.url, data=body, timeout=30)

    def attach(self, base64: str) -> requests.Response:
        """Sends a binary attachment."""
        return self.http.post(self.url, data="b" + base64, timeout=30)

    def next(self) -> str:
        """Returns the next Socket.IO packet from the server."""
        while not self.waiting:
            answer = self.http.get(self.url, timeout=30)
            assert answer.ok, answer.text
            packets = answer.text.split(SEPARATOR)
            self.waiting = [packet[1:] for packet in packets if packet[0] == "4"]
            if "1" in packets:
                raise ConnectionError("the server closed the session")
            if "2" in packets:
                self.http.post(self.url, data="3", timeout=30)
        return self.waiting.pop(0)

    def connect(self, token: str | None, namespace: str = "/") -> tuple[str, Any]:
        """Requests a namespace; returns the type and the data of the server's packet."""
        auth = "" if token is None else json.dumps({"token": token})
        self.post("0" + prefix(namespace) + auth)
        packet = self.next()
        return packet[0], json.loads(packet[1:].removeprefix(prefix(namespace)))

    def join(self, token: str, namespace: str = "/") -> None:
        """Connects to a namespace and reads its ``ready``."""
        kind, _ = self.connect(token, namespace)
        assert kind == "0"
        assert self.event(namespace)[0] == "ready"

    def event(self, namespace: str = "/") -> list[Any]:
        """Reads the next packet, which must be an event; returns its name and payload."""
        packet = self.next()
        assert packet[0] == "2", packet
        heard: list[Any] = json.loads(packet[1:].removeprefix(prefix(namespace)))
        return heard

    def ack(self, number: int, namespace: str = "/") -> Any:
        """Reads the next packet, which must acknowledge event ``number``; returns its argument."""
        packet = self.next()
        head = f"3{prefix(namespace)}{number}"
        assert packet.startswith(head + "["), packet
        return json.loads(packet.removeprefix(head))[0]

    def acks(self, amount: int, namespace: str = "/") -> list[Any]:
        """Reads packets that must acknowledge the events 0 to ``amount - 1``, in any order.

        A refusal does not wait for events that are still being written.
        """
        found: dict[int, Any] = {}
        while len(found) < amount:
            packet = self.next().removeprefix(f"3{prefix(namespace)}")
            number, answer = packet.split("[", 1)
            assert int(number) in range(amount) and int(number) not in found, packet
            found[int(number)] = json.loads(f"[{answer}")[0]
        return [found[number] for number in range(amount)]

    def close(self) -> None:
        """Closes the session."""
        self.http.post(self.url, data="1", timeout=30)
        self.http.close()


def prefix(namespace: str) -> str:
    """Returns the prefix of a packet for a namespace."""
    return "" if namespace == "/" else f"{namespace},"
