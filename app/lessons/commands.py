"""Changing lessons: schedule, confirm, complete, cancel."""

from __future__ import annotations

from typing import Any

from app.accounts.access import access_user
from app.actor import Actor
from app.contract.command import command
from app.conversations.commands import refuse_blocked
from app.conversations.storing import create_conversation, updated
from app.errors import N_, invalid
from app.lessons.access import access_lesson_for
from app.lessons.events import LessonCreated, LessonStatusChanged
from app.lessons.models import Lesson
from app.lessons.queries import lesson_view
from app.lessons.schemas import CreateLesson
from app.realtime.event import Event
from app.store import WriteSession


@command(limit="write", refuses=("not_found", "blocked"))
def create_lesson(
    session: WriteSession, actor: Actor, given: CreateLesson
) -> tuple[dict[str, Any], list[Event]]:
    """Schedules a lesson that the actor gives, and opens the conversation about it.

    A lesson may start in the past: some are recorded afterwards. Raises ``not_found``,
    ``blocked``, or ``invalid_payload`` when teacher and student are the same.
    """
    student = access_user(session, given.student_id)
    if student.id == actor.user_id:
        raise invalid("student_id", N_("cannot be yourself"))
    refuse_blocked(session, actor, student.id)
    lesson = _store(session, actor, given)
    view = lesson_view(session, lesson)
    created = LessonCreated(revision=session.revision, lesson=view)
    return view, [*updated(session, lesson.conversation_id), created]


@command(limit="write", refuses=("not_found", "forbidden", "conflict"))
def change_status(
    session: WriteSession, actor: Actor, lesson_id: int, status: str
) -> tuple[dict[str, Any], list[Event]]:
    """Confirms, completes or cancels a lesson; its conversation stays open.

    A block is no obstacle: both must still be able to cancel. Raises
    ``not_found``, ``conflict`` or ``forbidden``.
    """
    lesson = access_lesson_for(session, actor, lesson_id, status)
    previous, lesson.status = lesson.status, status
    lesson.revision = session.revision
    session.flush()
    view = lesson_view(session, lesson)
    return view, [
        LessonStatusChanged(revision=session.revision, lesson=view, previous_status=previous)
    ]


def _store(session: WriteSession, actor: Actor, given: CreateLesson) -> Lesson:
    people = (actor.user_id, given.student_id)
    conversation = create_conversation(session, actor.user_id, people, "lesson", title=given.title)
    lesson = Lesson(
        title=given.title,
        teacher_id=actor.user_id,
        student_id=given.student_id,
        starts_at=given.starts_at,
        duration_minutes=given.duration_minutes,
        status="scheduled",
        conversation_id=conversation.id,
        revision=session.revision,
        created_at=session.now,
    )
    session.add(lesson)
    session.flush()
    conversation.unique_key = f"lesson:{lesson.id}"
    return lesson
