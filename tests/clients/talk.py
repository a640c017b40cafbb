"""A buyer and a seller with an official client each, and the other connections meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.clients.javascript import JavaScriptSocket, PythonSocket
from tests.clients.mirror import Mirror
from tests.support.people import Person

OpenedSocket = JavaScriptSocket | PythonSocket
KINDS = ("js", "python")


def heard_by_all(sockets: list[OpenedSocket], event: str, where: Any = lambda _: True) -> Any:
    """The payload of an event that all of the sockets receive alike."""
    payloads = [socket.wait_for(event, where) for socket in sockets]
    assert all(payload == payloads[0] for payload in payloads)
    return payloads[0]


@dataclass
class Side:
    """One of the two: a person, their connection, and what their client holds."""

    person: Person
    socket: OpenedSocket
    mirror: Mirror

    @property
    def id(self) -> int:
        """The person's id."""
        return self.person.id

    def send(self, **payload: Any) -> Any:
        """Send a message; returns ``data`` of the acknowledgement."""
        return self.socket.ok("send_message", payload)


@dataclass
class Talk:
    """A buyer, a seller, what they talk about, and connections of others."""

    buyer: Side
    seller: Side
    outsiders: list[OpenedSocket]
    product_id: int
    transport: str
    id: int = 0
    question: Any = None

    def agree(self) -> tuple[list[str], list[str]]:
        """The events the buyer and the seller received since, once both agree with REST."""
        names = [[name for name, _ in side.mirror.agree()] for side in (self.buyer, self.seller)]
        return names[0], names[1]

    def hear(self) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
        """The same, with the payloads."""
        return self.buyer.mirror.agree(), self.seller.mirror.agree()
