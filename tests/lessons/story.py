"""A teacher schedules a lesson, and the student confirms it."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Every event and route of lessons."""
    starts = {"title": "First steps", "starts_at": "2026-12-01T18:00:00+01:00"}
    lesson = stage.alice.post("/lessons", {"student_id": stage.bob.id, **starts})
    stage.bob.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    stage.bob.get(f"/lessons/{lesson['id']}")
    stage.bob.get("/lessons")
