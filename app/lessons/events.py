"""Events of lessons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.lessons.objects import LessonNotice
from app.realtime.event import Event, Payload, both, previous
from app.realtime.wire import TALEMY, ServerEvent, Wire, camelize

LESSON_CREATED = ServerEvent(TALEMY, "lesson:created", LessonNotice)
LESSON_STATUS_CHANGED = ServerEvent(TALEMY, "lesson:statusUpdated", LessonNotice)


@dataclass(slots=True, kw_only=True)
class LessonCreated(Event):
    """A lesson was scheduled.

    ``/`` has no name for it: its clients receive the opened conversation, and find the lesson
    when they sync. The same holds for the other events of lessons and of contact requests.
    """

    lesson: Payload

    def wires(self) -> Iterator[Wire]:
        payload = camelize({"lesson": self.lesson, "revision": self.revision})
        yield Wire(LESSON_CREATED, payload, both(self.lesson, "teacher", "student"))


@dataclass(slots=True, kw_only=True)
class LessonStatusChanged(Event):
    """A lesson was confirmed, completed or cancelled.

    ``previous_status`` is not stored, so events rebuilt from the database lack it.
    """

    lesson: Payload
    previous_status: str | None

    def wires(self) -> Iterator[Wire]:
        payload = {
            "lesson": self.lesson,
            **previous(self.previous_status),
            "revision": self.revision,
        }
        rooms = both(self.lesson, "teacher", "student")
        yield Wire(LESSON_STATUS_CHANGED, camelize(payload), rooms)
