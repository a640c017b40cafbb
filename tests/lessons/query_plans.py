"""What lessons may sort, or read in the order of its table, and how that is bounded."""

from __future__ import annotations

ALLOWED = {
    "FROM lessons WHERE lessons.teacher_id = ? OR lessons.student_id = ?": "one person's lessons",
}
