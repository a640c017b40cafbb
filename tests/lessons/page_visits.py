"""Visits of the pages of lessons."""

from __future__ import annotations

from typing import Any

from tests.web.browser import Browser
from tests.web.world import World, opened


def prepare(world: World) -> None:
    """A lesson to come, and one that is over."""
    world.made |= {
        "lesson": _lesson(world, "2030-01-01T10:00:00Z"),
        "over": _lesson(world, "2020-01-01T10:00:00Z"),
    }


def _lesson(world: World, starts_at: str) -> Any:
    body = {"student_id": world.bob.id, "title": "Market", "starts_at": starts_at}
    return world.alice.post("/lessons", body)


def _lesson_page(world: World) -> str:
    return f"/lessons/{world.made['lesson']['id']}"


def _new_lesson(world: World) -> str:
    return f"/lessons/new?student_id={world.bob.id}"


def _too_late(world: World) -> Browser:
    alice = world.browsers["Alice"]
    page = alice.open(_lesson_page(world))
    alice.submit(page.one("form", class_="form__actions lesson__actions"), status="completed")
    return alice


def _refused(world: World) -> Browser:
    alice = world.browsers["Alice"]
    alice.submit(alice.open(_new_lesson(world)).one("form", class_="form"), timezone="Mars")
    return alice


def _zone_known(world: World) -> Browser:
    alice = world.browsers["Alice"]
    alice.http.cookies.set("tz", "Europe/Paris")
    alice.open(_new_lesson(world))
    alice.http.cookies.pop("tz", None)
    return alice


VISITS = {
    "lessons": opened("Bob", "/lessons"),
    "past lessons": opened("Alice", "/lessons?when=past&as=teacher"),
    "lessons, none to take": opened("Dora", "/lessons?as=student"),
    "lessons, none past": opened("Dora", "/lessons?when=past"),
    "lesson": opened("Bob", _lesson_page),
    "lesson, taught": opened("Alice", _lesson_page),
    "lesson, over": opened("Alice", lambda world: f"/lessons/{world.made['over']['id']}"),
    "lesson, too late": _too_late,
    "lesson's conversation": opened(
        "Bob", lambda world: f"/conversations/{world.made['lesson']['conversation_id']}"
    ),
    "new lesson": opened("Alice", _new_lesson),
    "new lesson, nobody found": opened("Alice", "/lessons/new?q=zzz"),
    "new lesson, for whom": opened("Alice", "/lessons/new"),
    "new lesson, refused": _refused,
    "new lesson, zone known": _zone_known,
}
