"""The server and the cast that most tests need."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.chromium import chromium
from tests.support.patience import PATIENCE_MS
from tests.support.people import Person
from tests.support.server import Server, flask
from tests.support.witness import evidence

__all__ = ["chromium"]  # a fixture of its own module: all who drive a browser share it

# Workers take files in this order, two each at first, and then the others: one that takes a minute is
# not to begin when the rest have ended. Only what matters to that is named.
FIRST = (
    "test_setup", "transport/test_start", "test_interruptions", "test_layout",
    "test_architecture", "test_two_browsers", "lessons/test_browser", "contacts/test_browser", "realtime/test_sessions",
    "test_matrix", "transport/test_sessions", "test_writer", "test_revision",
    "test_faults", "test_planted", "test_marketplace_expo", "test_marketplace_build",
    "test_proxy", "test_talemy_next", "test_churn", "test_three_vocabularies", "test_storage",
)  # fmt: skip


expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what servers and pages said, while they are still there."""
    report = yield
    if report.failed:
        # Interrupted in the middle of a call, Playwright answers no more.
        hung = "from pytest-timeout" in report.longreprtext
        report.sections += evidence(f"{item.nodeid}-{report.when}", pictures=not hung)
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; within a file, and among the others, everything stays as it was."""
    items.sort(key=lambda item: _turn(item.path.with_suffix("").as_posix()))


def _turn(path: str) -> int:
    return next((turn for turn, name in enumerate(FIRST) if path.endswith(f"/{name}")), len(FIRST))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that need nothing special; rate limits off."""
    folder = tmp_path_factory.mktemp("server")
    running = Server(folder, RATELIMIT_ENABLED="false", **_other_database(folder))
    running.application = Server.QUICK
    with running:
        yield running
        assert "Traceback" not in running.log(), running.log()


def _other_database(folder: Path) -> dict[str, str]:
    """``TEST_DATABASE_URL`` runs the same tests on another database, PostgreSQL for instance."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        return {}
    flask("db", "upgrade", DATA_DIR=str(folder), DATABASE_URL=url)
    return {"DATABASE_URL": url}


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
