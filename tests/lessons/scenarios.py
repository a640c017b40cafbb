"""Inside the server's process: the statements of lessons, and missed changes."""

from __future__ import annotations

from typing import Any

from app.actor import Actor
from app.lessons import commands
from app.lessons.queries import list_lessons
from app.lessons.schemas import CreateLesson
from app.store import store
from app.sync.queries import changes
from tests.sync.in_process import ALICE, missed_by, start, statements_by_length

BOB = 2


def queries_by_length(_app: Any) -> dict[str, list[int]]:
    """The statements of Alice's lessons, and of her changes, by length."""
    return statements_by_length(
        _teach,
        {
            "lessons": lambda session: list_lessons(session, ALICE, None, 100, None),
            "changes": lambda session: changes(session, Actor(ALICE, "-"), 0)["lessons"],
        },
    )


def missed_on_talemy(_app: Any) -> list[Any]:
    """The messages to Bob about lessons that changed while his process missed it."""
    start(2)
    for _ in range(2):
        _teach(BOB)
    store.write(commands.change_status, Actor(BOB, "-"), 2, "confirmed")
    return missed_by(BOB)


def _teach(student: int) -> None:
    lesson = CreateLesson(student_id=student, title="Kora", starts_at="2026-12-01T17:30:00Z")  # type: ignore[arg-type]
    store.write(commands.create_lesson, Actor(ALICE, "-"), lesson)
