"""Lessons come through synchronisation like everything else, by socket and by REST."""

from __future__ import annotations

from typing import Any

from tests.lessons.test_lessons import teach
from tests.support.people import Person


def test_a_lesson_and_each_change_of_it_come_after_the_cursor(
    alice: Person, bob: Person, charlie: Person
) -> None:
    cursors = {p.name: p.get("/changes", after=0)["cursor"] for p in (alice, bob, charlie)}
    lesson = teach(alice, bob)
    for person in (alice, bob):
        changes = person.get("/changes", after=cursors[person.name])
        assert changes["lessons"] == [lesson]
        assert [c["id"] for c in changes["conversations"]] == [lesson["conversation_id"]]
        cursors[person.name] = changes["cursor"]
        assert person.get("/changes", after=changes["cursor"])["lessons"] == []

    changed = bob.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    for person in (alice, bob):
        assert person.get("/changes", after=cursors[person.name])["lessons"] == [changed]
    assert charlie.get("/changes", after=cursors["Charlie"])["lessons"] == []


def test_the_socket_and_rest_answer_alike(alice: Person, bob: Person) -> None:
    socket = bob.connect()
    cursor = bob.get("/changes", after=0)["cursor"]
    lesson = teach(alice, bob)
    by_socket = socket.ok("sync", {"after": cursor})
    assert by_socket["lessons"] == [lesson]
    assert by_socket == bob.get("/changes", after=cursor)


def test_small_pages_bring_everything_once_it_has_settled(alice: Person, bob: Person) -> None:
    cursor = alice.get("/changes", after=0)["cursor"]
    lessons = [teach(alice, bob, title=f"Lesson {n}") for n in range(4)]
    lessons[1] = alice.patch(f"/lessons/{lessons[1]['id']}", {"status": "confirmed"})
    found: dict[int, Any] = {}
    pages = 0
    more = True
    while more:
        page = alice.get("/changes", after=cursor, limit=1)
        found |= {lesson["id"]: lesson for lesson in page["lessons"]}
        cursor, more, pages = page["cursor"], page["has_more"], pages + 1
    assert pages > 1
    assert found == {lesson["id"]: lesson for lesson in lessons}
