"""The access matrix of lessons."""

from __future__ import annotations

from typing import Any

from tests.access.rows import (
    PAGE_FORBIDDEN,
    PAGE_HIDDEN,
    REST_FORBIDDEN,
    REST_HIDDEN,
    of,
    page,
    rest,
)
from tests.support.matrix import SECRET, Call, Target

STARTS_AT = "2030-01-01T10:00:00Z"


def lesson(target: Target) -> Any:
    """Alice teaches Bob."""
    title = f"{SECRET} {target.number}"
    body = {"title": title, "student_id": target.bob, "starts_at": STARTS_AT}
    return target.owner.post("/lessons", body)["id"]


def confirmed_lesson(target: Target) -> Any:
    """The lesson, once Bob has confirmed it."""
    target.participant.patch(f"/lessons/{target.once(lesson)}", {"status": "confirmed"})
    return target.once(lesson)


def new_lesson(call: Call) -> Any:
    """A lesson for a user without a part in the target's things."""
    return {"student_id": call.target.user, "title": call.name, "starts_at": STARTS_AT}


def lesson_form(call: Call) -> Any:
    """The form of such a lesson."""
    when = {"date": "2030-01-01", "time": "10:00", "timezone": "UTC", "duration_minutes": "60"}
    return {"student_id": call.target.user, "title": call.name, **when}


REST = [
    rest("GET", "/lessons", "200"),
    rest("POST", "/lessons", "201", payload=new_lesson, newcomer=True),
    rest("GET", "/lessons/<int:id>", REST_HIDDEN, "200", path=of("id", lesson)),
    rest(
        "PATCH",
        "/lessons/<int:id>",
        REST_HIDDEN,
        "200",
        path=of("id", lesson),
        payload=lambda _: {"status": "confirmed"},
        note="confirm",
    ),
    rest(
        "PATCH",
        "/lessons/<int:id>",
        REST_HIDDEN,
        REST_FORBIDDEN,
        "200",
        path=of("id", confirmed_lesson),
        payload=lambda _: {"status": "completed"},
        note="complete",
    ),
]

PAGES = [
    page("GET", "/lessons", "200"),
    page("GET", "/lessons/new", "200"),
    page("POST", "/lessons/new", "303 /lessons/", payload=lesson_form, newcomer=True),
    page("GET", "/lessons/<int:lesson_id>", PAGE_HIDDEN, "200", path=of("lesson_id", lesson)),
    page(
        "POST",
        "/lessons/<int:lesson_id>",
        PAGE_HIDDEN,
        "303 /lessons/",
        path=of("lesson_id", lesson),
        payload=lambda _: {"status": "confirmed"},
        note="confirm",
    ),
    page(
        "POST",
        "/lessons/<int:lesson_id>",
        PAGE_HIDDEN,
        PAGE_FORBIDDEN,
        "303 /lessons/",
        path=of("lesson_id", confirmed_lesson),
        payload=lambda _: {"status": "completed"},
        note="complete",
    ),
]
