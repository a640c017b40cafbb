"""Proofs for lessons."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person
from tests.sync.refetching import TALK, Scene, proves

STARTS_AT = "2030-01-01T10:00:00.000Z"


def show(scene: Scene, person: Person) -> None:
    """Bob sees a person as his student."""
    body = {"student_id": person.id, "title": "Kora", "starts_at": STARTS_AT}
    scene.bob.post("/lessons", body)


def _a_lesson(scene: Scene) -> Any:
    body = {"student_id": scene.bob.id, "title": "Kora", "starts_at": STARTS_AT}
    return scene.alice.post("/lessons", body)


@proves("lesson:created", namespace="/talemy", parts=("lessons",))
def _a_lesson_is_scheduled(scene: Scene) -> None:
    _a_lesson(scene)


# On `/` the lesson itself comes by sync.
@proves("conversation_updated", parts=TALK)
def _a_lesson_brings_a_conversation(scene: Scene) -> None:
    _a_lesson(scene)


@proves("lesson:statusUpdated", namespace="/talemy", before=_a_lesson)
def _a_lesson_goes_on(scene: Scene) -> None:
    (lesson,) = scene.bob.get("/lessons")["items"]
    scene.bob.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    scene.alice.patch(f"/lessons/{lesson['id']}", {"status": "completed"})
