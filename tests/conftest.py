"""The server and the cast that most tests need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.people import Person
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that need nothing special; rate limits off."""
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, RATELIMIT_ENABLED="false") as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


def _person(server: Server, name: str) -> Iterator[Person]:
    person = Person(server, name)
    yield person
    person.close()


@pytest.fixture
def alice(server: Server) -> Iterator[Person]:
    """Alice owns: she sells a kora."""
    yield from _person(server, "Alice")


@pytest.fixture
def bob(server: Server) -> Iterator[Person]:
    """Bob belongs: he wants to buy it."""
    yield from _person(server, "Bob")


@pytest.fixture
def charlie(server: Server) -> Iterator[Person]:
    """Charlie must see nothing."""
    yield from _person(server, "Charlie")


@pytest.fixture
def kora(alice: Person) -> dict:  # type: ignore[type-arg]
    """Alice's product."""
    return alice.post("/products", {"title": "Kora, 21 strings", "price": "450.00"})
