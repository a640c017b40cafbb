"""Access to lessons: for teacher and student only. Denied equals not found."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.actor import Actor
from app.errors import N_, PalabreError, not_found
from app.lessons.models import Lesson

# The statuses that may follow each status; those without a key are final.
TRANSITIONS = {
    "scheduled": ("confirmed", "cancelled"),
    "confirmed": ("completed", "cancelled"),
}


def access_lesson(session: Session, actor: Actor, lesson_id: int) -> Lesson:
    """Returns a lesson that the actor gives or takes; raises ``not_found``."""
    lesson = session.get(Lesson, lesson_id)
    if lesson is None or actor.user_id not in (lesson.teacher_id, lesson.student_id):
        raise not_found()
    return lesson


def access_lesson_for(session: Session, actor: Actor, lesson_id: int, status: str) -> Lesson:
    """Returns a lesson whose status the actor may change to ``status``.

    Both may confirm and cancel; only the teacher may complete. Raises ``not_found``, ``conflict``
    (no such transition from its present status) or ``forbidden``.
    """
    lesson = access_lesson(session, actor, lesson_id)
    if status not in TRANSITIONS.get(lesson.status, ()):
        raise PalabreError("conflict", N_("The lesson's status no longer allows this."))
    if status == "completed" and actor.user_id != lesson.teacher_id:
        raise PalabreError("forbidden", N_("Only the teacher can mark this lesson as completed."))
    return lesson


def possible_steps(actor: Actor, lesson: Lesson) -> dict[str, tuple[str, ...]]:
    """Returns the statuses the actor may still set on their lesson, each with those it may follow.

    By the rules of :func:`access_lesson_for`. Empty once the status is final.
    """
    if lesson.status not in TRANSITIONS:
        return {}
    teaches = actor.user_id == lesson.teacher_id
    steps: dict[str, tuple[str, ...]] = {}
    for status, following in TRANSITIONS.items():
        for possible in following:
            if teaches or possible != "completed":
                steps[possible] = (*steps.get(possible, ()), status)
    return steps
