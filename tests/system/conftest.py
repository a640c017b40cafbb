"""A conversation of two people, an outsider, and a person who asks too often."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.people import Person, Socket
from tests.support.server import Server


@pytest.fixture
def direct(alice: Person, bob: Person) -> int:
    """A conversation of Alice and Bob."""
    conversation_id: int = alice.post("/conversations", {"recipient_id": bob.id})["id"]
    return conversation_id


@pytest.fixture
def outsiders(charlie: Person) -> Iterator[tuple[Socket, Socket]]:
    """Charlie, connected to both namespaces, receives nothing in any test that asks for him."""
    sockets = charlie.connect("/"), charlie.connect("/talemy")
    yield sockets
    for socket in sockets:
        socket.settle()
        assert [name for name, _ in socket.heard] == ["ready"]


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that counts."""
    with Server(tmp_path_factory.mktemp("limited")) as running:
        yield running


@pytest.fixture
def insistent(limited: Server) -> Iterator[Person]:
    """A person who sends more than the limits allow."""
    person = Person(limited, "Alice")
    yield person
    person.close()
