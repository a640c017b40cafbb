"""Lessons: a teacher, a student, a time, and the conversation about it."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables import Model
from app.store.types import BigId


class Lesson(Model):
    """A lesson. Never removed: one that does not take place is ``cancelled``."""

    __tablename__ = "lessons"
    __table_args__ = (
        Index("ix_lessons_teacher_id_revision", "teacher_id", "revision"),
        Index("ix_lessons_student_id_revision", "student_id", "revision"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    starts_at: Mapped[int] = mapped_column(BigInteger)
    duration_minutes: Mapped[int]
    status: Mapped[str] = mapped_column(String(16), default="scheduled")
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), unique=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)
