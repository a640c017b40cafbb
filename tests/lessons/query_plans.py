"""Sorts and ordered reads that lessons may do, each with its bound."""

from __future__ import annotations

ALLOWED = {
    "FROM lessons WHERE lessons.teacher_id = ? OR lessons.student_id = ?": "one person's lessons",
}
