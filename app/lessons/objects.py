"""Lessons on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.accounts.objects import User
from app.contract.answers import Page
from app.contract.types import Id, Moment, Output, Revision, left_out


class Lesson(Output):
    """A lesson, seen by its teacher and its student."""

    id: Id
    title: str
    teacher: User
    student: User
    starts_at: Moment
    duration_minutes: Id
    status: Literal["scheduled", "confirmed", "completed", "cancelled"]
    conversation_id: Id | None
    revision: Revision
    created_at: Moment


class LessonNotice(Output):
    """``lesson:created`` and ``lesson:statusUpdated``."""

    lesson: Lesson
    previous_status: str = Field(default_factory=left_out)
    """With ``lesson:statusUpdated`` only."""
    revision: Revision


class Lessons(Page):
    """A list of lessons."""

    items: list[Lesson]
