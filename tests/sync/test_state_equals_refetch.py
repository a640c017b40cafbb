"""State equals refetch: what a client held, plus an event, is what it would read anew.

For every event of the catalogue, on both namespaces, the features' ``proofs.py`` hold acts of which
Bob hears it; an event without one fails here. Each act is proved for the answer to ``sync`` too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs import schemas
from tests.support.both import connect_both
from tests.support.client_state import refetch, snake
from tests.support.people import Person
from tests.support.server import Server
from tests.sync.refetching import EVERYTHING, LISTS, TALK, Proof, Scene, proofs, proves, show


@pytest.fixture(scope="module")
def others(server: Server) -> Iterator[tuple[Person, Person]]:
    """Alice, who is always online, and Charlie, who never is: people are dear to make."""
    alice, charlie = Person(server, "Alice"), Person(server, "Charlie")
    alice.connect()
    yield alice, charlie
    alice.close()
    charlie.close()


@pytest.fixture
def scene(server: Server, others: tuple[Person, Person], bob: Person) -> Scene:
    """Bob, about to hear something."""
    alice, charlie = others
    return Scene(server, alice, bob, charlie)


def test_every_event_of_the_catalogue_has_a_proof() -> None:
    emitted = {
        (namespace, event)
        for namespace, catalogue in schemas.catalogue()["namespaces"].items()
        for event in catalogue["serverEvents"]
    }
    assert {proof.key for proof in proofs()} == emitted


def test_the_comparison_sees_every_part(scene: Scene) -> None:
    show(scene, scene.alice)
    held = refetch(scene.bob).parts(EVERYTHING)
    assert all(held.values()), held
    other = refetch(scene.charlie).parts(EVERYTHING)
    assert all(held[part] != other[part] for part in EVERYTHING)


# --- events of the connection: nothing that can be fetched is another afterwards


@proves("error")
def _an_event_is_refused(scene: Scene) -> None:
    scene.marketplace.emit("send_message", {"conversation_id": scene.talk, "text": " "})


@proves("error", namespace="/talemy")
def _an_event_of_talemy_is_refused(scene: Scene) -> None:
    scene.talemy.emit("message:send", {"conversationId": scene.talk, "text": " "})


@proves("ready")
@proves("ready", namespace="/talemy")
def _another_connection_is_told_the_state(scene: Scene) -> None:
    for half in connect_both(scene.bob):
        told = snake(half.wait_for("ready"))
        people = f"{scene.alice.id},{scene.charlie.id}"
        present = scene.bob.get("/presence", user_ids=people)["items"]
        assert told["user"] == scene.bob.get(f"/users/{scene.bob.id}")
        assert told["online_user_ids"] == [p["user_id"] for p in present if p["online"]]
        assert told["unread_total"] == refetch(scene.bob).total > 0
        assert told["cursor"] == scene.bob.get("/changes", after=told["cursor"])["cursor"]


# --- the proof ------------------------------------------------------------------------------------


class Ears:
    """The events Bob receives on one namespace from now on, on all of his connections."""

    def __init__(self, scene: Scene, namespace: str) -> None:
        self.scene = scene
        self.namespace = namespace
        self.first = scene.socket(namespace)
        self.first.settle()
        self._before = len(self.first.heard)

    def news(self) -> list[tuple[str, Any]]:
        """The events of his first connection."""
        self.first.settle()
        return self.first.heard[self._before :]

    def names(self) -> set[str]:
        """The names of the events of any of them."""
        others = [s for s in self.scene.bob.sockets if s.namespace == self.namespace]
        more = [heard for socket in others if socket is not self.first for heard in socket.heard]
        return {name for name, _ in [*self.news(), *more]}


@pytest.mark.parametrize("proof", proofs(), ids=str)
def test_what_was_held_and_what_was_heard_is_what_is_read_anew(scene: Scene, proof: Proof) -> None:
    proof.before(scene)
    if proof.joined:
        scene.join()
    ears, held = Ears(scene, proof.namespace), refetch(scene.bob)
    synced, cursor = copy.deepcopy(held), scene.bob.get("/changes", after=0)["cursor"]

    proof.act(scene)

    assert proof.event in ears.names(), "the act does not bring its event"
    for event, payload in ears.news():
        held.apply(event, payload)
    anew = refetch(scene.bob)
    assert held.parts(proof.parts) == anew.parts(proof.parts)
    if not proof.synced:
        return
    page = scene.bob.get("/changes", after=cursor)
    everything = LISTS if proof.parts is LISTS else EVERYTHING
    synced.apply_page(page)
    assert synced.parts(everything) == anew.parts(everything), "after sync alone"
    held.apply_page(page)
    assert held.parts(everything) == anew.parts(everything), "and after both"


def test_the_proof_can_fail(scene: Scene) -> None:
    ears, held = Ears(scene, "/"), refetch(scene.bob)
    scene.say(scene.alice, "Not applied")
    assert [name for name, _ in ears.news()] == ["message_notification"]
    for part in TALK:
        assert held.parts((part,)) != refetch(scene.bob).parts((part,)) or part == "order"
