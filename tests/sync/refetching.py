"""The scene of the proofs that state equals refetch, and how a feature adds one.

``tests/<feature>/proofs.py`` holds acts, each marked with what Bob hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.both import Half, connect_both
from tests.support.client_state import kinds
from tests.support.features import parts
from tests.support.people import Person
from tests.support.server import Server

LISTS = ("conversations", "order", "total")
TALK = (*LISTS, "messages")
# Read marks are part of their conversation.
EVERYTHING = (*TALK, *(kind for kind in kinds() if kind not in (*TALK, "reads")))


class Scene:
    """Bob reads. He asked Alice about her kora, and is in a group of hers with Charlie."""

    def __init__(self, server: Server, alice: Person, bob: Person, charlie: Person) -> None:
        self.server, self.alice, self.bob, self.charlie = server, alice, bob, charlie
        self.product = alice.post("/products", {"title": "Kora", "price": "450.00"})
        people = [bob.id, charlie.id]
        self.group: int = alice.post(
            "/conversations", {"participant_ids": people, "title": "Griots"}
        )["id"]
        self.question = bob.post(
            "/messages", {"product_id": self.product["id"], "text": "Still for\n sale?"}
        )["message"]
        self.talk: int = self.question["conversation_id"]
        self.answer = self.say(alice, "Yes!", self.question["id"])
        self.thanks = self.say(bob, "Good. " + "And good. " * 30, self.answer["id"])
        self.price = self.say(alice, "It is 450", self.thanks["id"])
        self.last = self.say(alice, "Francs, no", self.price["id"])
        self.path = f"/conversations/{self.talk}"
        self.marketplace, self.talemy = connect_both(bob)

    def say(self, who: Person, text: str, reply_to: int | None = None) -> Any:
        """A message in the talk."""
        body = {"text": text, "reply_to_id": reply_to}
        return who.post(f"/conversations/{self.talk}/messages", body)["message"]

    def join(self) -> None:
        """Bob looks at both conversations."""
        for conversation_id in (self.talk, self.group):
            self.marketplace.ok("join_conversation", {"conversation_id": conversation_id})

    def socket(self, namespace: str) -> Half:
        """Bob's end of a namespace."""
        return self.marketplace if namespace == "/" else self.talemy


Act = Callable[[Scene], Any]


@dataclass(frozen=True)
class Proof:
    """An act that Bob hears of by an event; ``parts`` of his state are what the event is about."""

    namespace: str
    event: str
    act: Act
    parts: tuple[str, ...]
    joined: bool
    synced: bool
    before: Act

    @property
    def key(self) -> tuple[str, str]:
        """The event."""
        return self.namespace, self.event

    def __str__(self) -> str:
        return f"{self.namespace} {self.event}: {self.act.__name__.replace('_', ' ').strip()}"


def show(scene: Scene, person: Person) -> None:
    """Make a person appear in every kind of view that Bob holds."""
    for thing in parts("things").values():
        thing.make(person, scene.bob)


_PROOFS: list[Proof] = []


def proves(
    *events: str,
    namespace: str = "/",
    parts: tuple[str, ...] = EVERYTHING,
    joined: bool = True,
    synced: bool = True,
    before: Act = lambda _: None,
) -> Callable[[Act], Act]:
    """Marks an act with the events that Bob hears of it.

    ``joined``: he has joined both conversations before. ``synced``: ``sync`` brings the same.
    """

    def decorate(act: Act) -> Act:
        _PROOFS.extend(
            Proof(namespace, event, act, parts, joined, synced, before) for event in events
        )
        return act

    return decorate


def proofs() -> list[Proof]:
    """Every proof of every feature."""
    parts("proofs")  # imported, they are in the list
    return _PROOFS
