"""The cast of the features' stories, whose every answer and event is compared with its schema."""

from __future__ import annotations

from typing import Any

from tests.docs.watching import Seen, WatchedPerson
from tests.support.people import Socket
from tests.support.server import Server

NAMESPACES = ("/", "/talemy")


class Stage:
    """Alice and Bob on both namespaces, in a conversation about her kora; Charlie on none."""

    def __init__(self, server: Server, seen: Seen) -> None:
        self.server, self.seen = server, seen
        self._people: list[WatchedPerson] = []
        self.alice, self.bob, self.charlie = map(self.person, ("Alice", "Bob", "Charlie"))
        self.seller, self.seller_on_talemy = map(self.alice.connect, NAMESPACES)
        self.buyer, self.buyer_on_talemy = map(self.bob.connect, NAMESPACES)
        product = self.alice.post("/products", {"title": "Kora", "price": "450"})
        question = {"product_id": product["id"], "text": "Still for sale?"}
        sent = self.buyer.ok("send_message", question)
        self.question: Any = sent["message"]
        self.conversation_id: int = sent["conversation_id"]
        self.seller.wait_for("message_notification")

    def person(self, name: str) -> WatchedPerson:
        """One more person, for a story that would change Alice, Bob or Charlie for the rest."""
        person = WatchedPerson(self.server, name, self.seen)
        self._people.append(person)
        return person

    def connected(self, name: str) -> tuple[WatchedPerson, list[Socket]]:
        """One more person, with a connection on each namespace."""
        person = self.person(name)
        return person, [person.connect(namespace) for namespace in NAMESPACES]

    def close(self) -> None:
        """Close every connection."""
        for person in self._people:
            person.close()
