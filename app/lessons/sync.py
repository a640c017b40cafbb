"""Lessons in synchronisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import SQLColumnExpression, bindparam, select
from sqlalchemy.orm import Session

from app.lessons import objects
from app.lessons.events import LessonCreated, LessonStatusChanged
from app.lessons.models import Lesson
from app.lessons.queries import View, lesson_views
from app.realtime.event import Event
from app.store.changes import Kind, merged, page_of_changes, takes_part_in_sync
from app.store.prepared import Prepared, Row
from app.store.types import AnySelect


def _changed(column: SQLColumnExpression[int]) -> AnySelect:
    mine = select(Lesson.revision, Lesson.id).where(column == bindparam("user_id"))
    return page_of_changes(mine, Lesson.revision)


# Lessons a user gives or takes, by the revision of their last change.
CHANGED = Prepared(merged(_changed(Lesson.teacher_id), _changed(Lesson.student_id)))


def changed_views(session: Session, _user_id: int, rows: Sequence[Row]) -> list[View]:
    """Returns rows of :data:`CHANGED` as on the wire, in the same order."""
    if not rows:
        return []
    ids = [row[1] for row in rows]
    found = session.scalars(select(Lesson).where(Lesson.id.in_(ids))).all()
    return lesson_views(session, sorted(found, key=lambda one: one.revision))


def changed_events(
    _session: Session, _user_id: int, views: list[View], _revision: int
) -> Iterator[Event]:
    """Yields the events that bring changes to a user. The previous status is not stored."""
    for view in views:
        if view["status"] == "scheduled":
            yield LessonCreated(revision=view["revision"], lesson=view)
        else:
            yield LessonStatusChanged(revision=view["revision"], lesson=view, previous_status=None)


takes_part_in_sync(Kind("lessons", objects.Lesson, (CHANGED,), changed_views, changed_events))
