"""Inside a server's process: counting a list's statements, and catching up with changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.actor import Actor
from app.realtime.connection import Connection, connections
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.rooms import Rooms
from app.realtime.wire import TALEMY, Wire
from app.store import WriteSession, store
from app.sync.catchup import StoredChanges
from tests.support.commits import Commits

ALICE = 1
SIZES = (2, 20)


def start(people: int) -> None:
    """Start the store, with as many users."""
    store.start(Commits())
    store.write(_add_people, people)


def _add_people(session: WriteSession, count: int) -> tuple[None, list[Event]]:
    session.add_all(
        User(email=f"{n}@x.org", name=f"{n}", password_hash="-", created_at=0) for n in range(count)
    )
    return None, []


def statements_by_length(
    meet: Callable[[int], Any], reads: dict[str, Callable[[Session], list[Any]]]
) -> dict[str, list[int]]:
    """The numbers of statements each list takes, when it is short and when it is long.

    ``meet`` adds a row to each list, for a user who is not Alice.
    """
    start(SIZES[-1] + 1)
    counted: dict[str, list[int]] = {name: [] for name in reads}
    known = 1
    for size in SIZES:
        for other in range(known + 1, size + 2):
            meet(other)
        known = size + 1
        for name, read in reads.items():
            counted[name].append(count(size, read))
    store.stop()
    return counted


class Overheard:
    """Stands in for the server: keeps what it is asked to deliver."""

    manager = Rooms()  # nobody is in any

    def __init__(self) -> None:
        self.told: list[Any] = []

    def deliver(self, wire: Wire, only: str | None = None) -> None:
        """Note a message to ``/talemy``."""
        if wire.event.namespace == TALEMY:
            self.told.append([wire.event.name, only, wire.payload])

    def hand_over(self) -> None:
        """Everything is told at once."""


def missed_by(user_id: int) -> list[Any]:
    """The messages to ``/talemy`` for a user, when a process catches up with all changes."""
    overheard = Overheard()
    publisher.bind(overheard, [publisher])  # type: ignore[arg-type]
    connections.add(Connection(TALEMY, "sid", "transport", Actor(user_id, "-"), 0, 0))
    StoredChanges().catch_up(0)
    store.stop()
    return overheard.told


def count(size: int, read: Callable[[Session], list[Any]]) -> int:
    """The number of statements that a read takes, which finds as many rows as expected."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with store.reading() as session:
            assert len(read(session)) == size
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(statements)
