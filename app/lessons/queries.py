"""Reading lessons, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.queries import load_users
from app.lessons.models import Lesson
from app.store.types import AnyRow, AnySelect, iso

View = dict[str, Any]


def lesson_view(session: Session, lesson: Lesson) -> View:
    """One Lesson as on the wire."""
    return lesson_views(session, [lesson])[0]


def lesson_views(session: Session, lessons: Sequence[Lesson]) -> list[View]:
    """Several lessons as on the wire, in the same order. Teacher and student see them alike."""
    ids = {i for lesson in lessons for i in (lesson.teacher_id, lesson.student_id)}
    people = load_users(session, ids)
    return [_view(lesson, people) for lesson in lessons]


def list_lessons(
    session: Session, user_id: int, status: str | None, limit: int, before_id: int | None
) -> list[View]:
    """Lessons someone gives or takes, newest first, before ``before_id``."""
    statement = select(Lesson).where(_own(user_id)).order_by(Lesson.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(Lesson.status == status)
    if before_id is not None:
        statement = statement.where(Lesson.id < before_id)
    return lesson_views(session, session.scalars(statement).all())


def _own(user_id: int) -> Any:
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


# --- for synchronisation: see app/sync/queries.py ---------------------------------------------


def changed(user_id: int) -> AnySelect:
    """Someone's lessons, by the revision of their last change."""
    return select(Lesson.revision, Lesson).where(_own(user_id))


def changed_views(session: Session, _user_id: int, rows: Sequence[AnyRow]) -> list[View]:
    """Rows of :func:`changed` as on the wire."""
    return lesson_views(session, [row[1] for row in rows])
