"""Reading lessons, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from app.accounts.queries import load_users
from app.lessons.models import Lesson
from app.store.types import iso, now_ms

View = dict[str, Any]


def lesson_view(session: Session, lesson: Lesson) -> View:
    """Returns a Lesson as on the wire."""
    return lesson_views(session, [lesson])[0]


def lesson_views(session: Session, lessons: Sequence[Lesson]) -> list[View]:
    """Returns lessons as on the wire, in order. Teacher and student see them alike."""
    ids = {i for lesson in lessons for i in (lesson.teacher_id, lesson.student_id)}
    people = load_users(session, ids)
    return [_view(lesson, people) for lesson in lessons]


def list_lessons(
    session: Session, user_id: int, status: str | None, limit: int, before_id: int | None
) -> list[View]:
    """Returns lessons a user gives or takes, newest first, before ``before_id``."""
    statement = select(Lesson).where(_own(user_id)).order_by(Lesson.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(Lesson.status == status)
    if before_id is not None:
        statement = statement.where(Lesson.id < before_id)
    return lesson_views(session, session.scalars(statement).all())


def lessons_by_time(
    session: Session, user_id: int, role: str | None, past: bool, limit: int, after_id: int | None
) -> list[View]:
    """Returns lessons a user gives (``teacher``), takes (``student``) or both, ordered by time.

    Lessons to come, the next one first: neither over nor cancelled nor completed. With ``past``,
    the others, latest first. ``after_id`` is the last lesson of the previous page.
    """
    own, place = _own(user_id, role), tuple_(Lesson.starts_at, Lesson.id)
    to_come = _to_come(now_ms())
    order = (Lesson.starts_at, Lesson.id)
    statement = select(Lesson).where(own, not_(to_come) if past else to_come).limit(limit)
    statement = statement.order_by(*((column.desc() for column in order) if past else order))
    if after_id is not None:
        # The id of another user's lesson gives a null start, and so an empty page.
        start = select(Lesson.starts_at).where(Lesson.id == after_id, own).scalar_subquery()
        last = tuple_(start, after_id)
        statement = statement.where(place < last if past else place > last)
    return lesson_views(session, session.scalars(statement).all())


def lesson_about(session: Session, conversation_id: int) -> View | None:
    """Returns the lesson that a conversation is about; its participants may see it too."""
    found = session.scalars(select(Lesson).where(Lesson.conversation_id == conversation_id)).first()
    return lesson_view(session, found) if found else None


def _to_come(now: int) -> Any:
    ends_at = Lesson.starts_at + Lesson.duration_minutes * 60_000
    return and_(Lesson.status.in_(("scheduled", "confirmed")), ends_at > now)


def _own(user_id: int, role: str | None = None) -> Any:
    columns = {"teacher": Lesson.teacher_id, "student": Lesson.student_id}
    if role is not None:
        return columns[role] == user_id
    return or_(Lesson.teacher_id == user_id, Lesson.student_id == user_id)


def _view(lesson: Lesson, people: dict[int, View]) -> View:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "teacher": people[lesson.teacher_id],
        "student": people[lesson.student_id],
        "starts_at": iso(lesson.starts_at),
        "duration_minutes": lesson.duration_minutes,
        "status": lesson.status,
        "conversation_id": lesson.conversation_id,
        "revision": lesson.revision,
        "created_at": iso(lesson.created_at),
    }
