"""REST: lessons."""

from __future__ import annotations

from typing import Any

from app.accounts.bearer import actor, blueprint
from app.contract.inputs import ById
from app.http.rest import items
from app.lessons import access, commands, queries
from app.lessons.objects import Lesson, Lessons
from app.lessons.schemas import ChangeLesson, CreateLesson, FindLessons
from app.store import store

api = blueprint("lessons", __name__)


@api.get("/lessons", responses={200: Lessons})
def list_lessons(query: FindLessons) -> Any:
    """Lists lessons the caller gives or takes, newest first."""
    with store.reading() as session:
        found = queries.list_lessons(
            session, actor().user_id, query.status, query.limit + 1, query.position
        )
    page = found[: query.limit]
    return items(page, str(page[-1]["id"]) if len(found) > query.limit else None)


@api.post("/lessons", command=commands.create_lesson, responses={201: Lesson})
def create_lesson(body: CreateLesson) -> Any:
    """Schedules a lesson that the caller gives."""
    return store.write(commands.create_lesson, actor(), body), 201


@api.get("/lessons/<int:id>", refuses=("not_found",), responses={200: Lesson})
def show_lesson(path: ById) -> Any:
    """Returns one lesson."""
    with store.reading() as session:
        return queries.lesson_view(session, access.access_lesson(session, actor(), path.id))


@api.patch("/lessons/<int:id>", command=commands.change_status, responses={200: Lesson})
def change_lesson(path: ById, body: ChangeLesson) -> Any:
    """Confirms, completes or cancels a lesson."""
    return store.write(commands.change_status, actor(), path.id, body.status)
