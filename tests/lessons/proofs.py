"""Proofs for lessons."""

from __future__ import annotations

from tests.lessons import things
from tests.sync.refetching import TALK, Scene, proves


def _a_lesson(scene: Scene) -> None:
    things.make(scene.alice, scene.bob)


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
