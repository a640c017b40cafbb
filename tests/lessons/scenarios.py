"""What happens inside the server's process in the tests of lessons and contact requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.actor import Actor
from app.contacts import commands as contact_commands
from app.contacts.queries import list_contact_requests
from app.contacts.schemas import CreateContactRequest
from app.lessons import commands as lesson_commands
from app.lessons.queries import list_lessons
from app.lessons.schemas import CreateLesson
from app.realtime.connection import Connection, connections
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.rooms import Rooms
from app.realtime.wire import TALEMY, Wire
from app.store import WriteSession, store
from app.sync.catchup import catch_up
from app.sync.queries import changes

ALICE = 1
SIZES = (2, 20)


def _add_people(session: WriteSession, count: int) -> tuple[None, list[Event]]:
    session.add_all(
        User(email=f"{n}@x.org", name=f"{n}", password_hash="-", created_at=0) for n in range(count)
    )
    return None, []


def queries_by_length(_app: Any) -> dict[str, list[int]]:
    """How many statements each list takes, when it is short and when it is long."""
    store.start(lambda _batch: None)
    store.write(_add_people, SIZES[-1] + 1)
    counted: dict[str, list[int]] = {"lessons": [], "contact_requests": [], "changes": []}
    known = 1
    for size in SIZES:
        for other in range(known + 1, size + 2):
            _meet(other)
        known = size + 1
        counted["lessons"].append(_count(size, lambda s: list_lessons(s, ALICE, None, 100, None)))
        counted["contact_requests"].append(
            _count(size, lambda s: list_contact_requests(s, ALICE, None, None, 100, None))
        )
        counted["changes"].append(
            _count(size, lambda s: changes(s, Actor(ALICE, "-"), 0)["lessons"])
        )
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


def missed_on_talemy(_app: Any) -> list[Any]:
    """What a process tells Bob, who is connected to it, of changes that it has not heard of."""
    alice, bob = Actor(ALICE, "-"), Actor(ALICE + 1, "-")
    store.start(lambda _batch: None)
    store.write(_add_people, 2)
    for _ in range(2):
        _meet(bob.user_id)
        store.write(contact_commands.change_status, alice, _requests(bob)[0], "accepted")
    store.write(contact_commands.create_contact_request, bob, CreateContactRequest(recipient_id=1))
    store.write(lesson_commands.change_status, bob, 2, "confirmed")
    overheard = Overheard()
    publisher.bind(overheard, lambda _changed: None)  # type: ignore[arg-type]
    connections.add(Connection(TALEMY, "sid", "transport", bob, 0, 0))
    catch_up(0)
    store.stop()
    return overheard.told


def _requests(sender: Actor) -> list[int]:
    with store.reading() as session:
        found = list_contact_requests(session, sender.user_id, "sent", "pending", 9, None)
    return [request["id"] for request in found]


def _meet(other: int) -> None:
    given = CreateLesson(student_id=other, title="Kora", starts_at="2026-12-01T17:30:00Z")  # type: ignore[arg-type]
    store.write(lesson_commands.create_lesson, Actor(ALICE, "-"), given)
    asked = CreateContactRequest(recipient_id=ALICE)
    store.write(contact_commands.create_contact_request, Actor(other, "-"), asked)


def _count(size: int, read: Callable[[Session], list[Any]]) -> int:
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
