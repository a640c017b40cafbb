"""A lesson, for tests that need one of everything."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person

ID_FIELD = "lesson_id"
STARTS_AT = "2030-01-01T10:00:00.000Z"


def make(owner: Person, other: Person) -> Any:
    """A lesson that ``owner`` teaches ``other``."""
    return owner.post("/lessons", {"student_id": other.id, "title": "Kora", "starts_at": STARTS_AT})


def change(owner: Person, lesson: Any) -> None:
    """Cancel it."""
    owner.patch(f"/lessons/{lesson['id']}", {"status": "cancelled"})
