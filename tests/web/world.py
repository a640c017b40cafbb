"""The people and things behind the pages that are visited in every language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.features import parts
from tests.support.people import PASSWORD, Person
from tests.support.server import Server
from tests.web.browser import Browser


class World:
    """Four people and what they have done, made once; a browser for each of them.

    A feature adds to it by ``prepare(world)`` in its ``page_visits.py``.
    """

    def __init__(self, server: Server, language: str) -> None:
        self.language = language
        people = [Person(server, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
        self.alice, self.bob, self.charlie, self.dora = people
        kora = self.alice.post("/products", {"title": "Kora, 21 strings", "price": "450.00"})
        self.kora = f"/products/{kora['id']}"
        self.talk, self.question = self._talk(self.bob, kora["id"])
        self.closed, self.closed_question = self._talk(self.charlie, kora["id"])
        self.charlie.patch(f"/conversations/{self.closed}", {"status": "closed"})
        self.made: dict[str, Any] = {}  # by features, for their visits
        for visits in parts("page_visits").values():
            if hasattr(visits, "prepare"):
                visits.prepare(self)
        self.browsers = {person.name: Browser(server.url, language) for person in people}
        for person in people:
            self.browsers[person.name].sign_in(person.email, PASSWORD)
        self.nobody = Browser(server.url, language)

    def _talk(self, buyer: Person, product_id: int) -> tuple[int, int]:
        sent = buyer.post("/messages", {"product_id": product_id, "text": "Only the two of us"})
        conversation, question = sent["conversation_id"], sent["message"]["id"]
        path = f"/conversations/{conversation}/messages"
        self.alice.post(path, {"text": "Kora, 21 strings", "reply_to_id": question})
        edited = buyer.post(path, {"text": "Market"})["message"]["id"]
        buyer.patch(f"/messages/{edited}", {"text": "Kora, 21 strings"})
        buyer.delete(f"/messages/{buyer.post(path, {'text': 'Market'})['message']['id']}")
        return conversation, question


Visit = Callable[[World], Browser]


def opened(name: str, path: str | Callable[[World], str]) -> Visit:
    """A visit that opens an address in a person's browser, or in one that is not signed in."""

    def visit(world: World) -> Browser:
        browser = world.browsers.get(name, world.nobody)
        browser.open(path if isinstance(path, str) else path(world))
        return browser

    return visit


NOBODY = "nobody"


def visits() -> dict[str, Visit]:
    """The visits of every feature, by the page's name."""
    return {
        name: visit
        for module in parts("page_visits").values()
        for name, visit in module.VISITS.items()
    }
