"""Lessons: who sees them, who may do what to them, and what they take in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.people import Person
from tests.support.server import Server

STARTS_AT = "2026-12-01T17:30:00.000Z"
STATUSES = ("scheduled", "confirmed", "completed", "cancelled")
# Every way to a status, and where it goes on from there.
WAYS = {
    "scheduled": (),
    "confirmed": ("confirmed",),
    "completed": ("confirmed", "completed"),
    "cancelled": ("cancelled",),
}
NEXT = {"scheduled": {"confirmed", "cancelled"}, "confirmed": {"completed", "cancelled"}}
DEAD_ENDS = [(a, b) for a in STATUSES for b in STATUSES if b not in NEXT.get(a, set())]


def teach(teacher: Person, student: Person, **given: Any) -> Any:
    """A new lesson."""
    body = {"student_id": student.id, "title": "Kora, first steps", "starts_at": STARTS_AT}
    return teacher.post("/lessons", {**body, **given})


def problem(person: Person, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Status and code of a request that must be refused."""
    answer = person.call(method, path, body)
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


@pytest.fixture(scope="module")
def pair(server: Server) -> Iterator[tuple[Person, Person]]:
    """Alice and Bob once for all tests that leave nothing unfinished: signing up takes its time."""
    alice, bob = Person(server, "Alice"), Person(server, "Bob")
    yield alice, bob
    alice.close()
    bob.close()


def test_a_lesson_is_answered_with_201_and_itself(alice: Person, bob: Person) -> None:
    body = {"student_id": bob.id, "title": "Kora, first steps", "starts_at": STARTS_AT}
    answer = alice.call("POST", "/lessons", body)
    assert answer.status_code == 201
    lesson = answer.json()
    assert set(lesson) == {
        "id", "title", "teacher", "student", "starts_at", "duration_minutes", "status",
        "conversation_id", "revision", "created_at",
    }  # fmt: skip
    assert (lesson["teacher"]["id"], lesson["student"]["id"]) == (alice.id, bob.id)
    assert lesson["starts_at"] == STARTS_AT
    assert (lesson["duration_minutes"], lesson["status"]) == (60, "scheduled")
    assert bob.get(f"/lessons/{lesson['id']}") == alice.get(f"/lessons/{lesson['id']}") == lesson


def test_a_lesson_has_its_conversation_from_the_start(alice: Person, bob: Person) -> None:
    teacher, student = alice.connect(), bob.connect()
    lesson = teach(alice, bob)
    for person, heard in ((alice, teacher), (bob, student)):
        conversation = person.get(f"/conversations/{lesson['conversation_id']}")
        assert conversation["kind"] == "lesson"
        assert conversation["title"] == lesson["title"]
        assert {p["user"]["id"] for p in conversation["participants"]} == {alice.id, bob.id}
        told = heard.wait_for("conversation_updated")
        assert told["conversation"]["id"] == lesson["conversation_id"]
        assert told["revision"] == lesson["revision"]
        assert person.get("/conversations")["items"][0]["id"] == lesson["conversation_id"]
    student.ok(
        "send_message", {"conversation_id": lesson["conversation_id"], "text": "I will be there."}
    )
    assert teacher.wait_for("message_notification")["unread_count"] == 1


def test_two_lessons_of_the_same_people_have_two_conversations(alice: Person, bob: Person) -> None:
    one, other = teach(alice, bob), teach(alice, bob)
    assert one["conversation_id"] != other["conversation_id"]


def test_nobody_but_its_teacher_and_student_finds_a_lesson(
    alice: Person, bob: Person, charlie: Person
) -> None:
    lesson = teach(alice, bob)
    path = f"/lessons/{lesson['id']}"
    assert bob.call("GET", path).status_code == 200
    absent = charlie.call("GET", f"/lessons/{2**52}").json()
    assert charlie.call("GET", path).json() == absent
    assert problem(charlie, "PATCH", path, {"status": "cancelled"}) == (404, "not_found")
    assert charlie.get("/lessons") == {"items": [], "next_cursor": None}
    assert charlie.get("/changes", after=0)["lessons"] == []
    conversation = f"/conversations/{lesson['conversation_id']}"
    assert problem(charlie, "GET", conversation) == (404, "not_found")
    assert alice.get(path) == lesson


def test_a_teacher_takes_a_lesson_to_its_end(alice: Person, bob: Person) -> None:
    lesson = teach(alice, bob)
    for status in ("confirmed", "completed"):
        changed = alice.patch(f"/lessons/{lesson['id']}", {"status": status})
        assert changed["revision"] > lesson["revision"]
        assert changed == {**lesson, "status": status, "revision": changed["revision"]}
        lesson = changed
    assert bob.get(f"/lessons/{lesson['id']}") == lesson


def test_a_student_confirms_and_cancels_but_does_not_complete(alice: Person, bob: Person) -> None:
    path = f"/lessons/{teach(alice, bob)['id']}"
    assert bob.patch(path, {"status": "confirmed"})["status"] == "confirmed"
    assert problem(bob, "PATCH", path, {"status": "completed"}) == (403, "forbidden")
    assert alice.get(path)["status"] == "confirmed"
    assert bob.patch(path, {"status": "cancelled"})["status"] == "cancelled"


@pytest.mark.parametrize(("here", "there"), DEAD_ENDS)
def test_any_other_transition_is_a_conflict_and_changes_nothing(
    pair: tuple[Person, Person], here: str, there: str
) -> None:
    alice, bob = pair
    path = f"/lessons/{teach(alice, bob)['id']}"
    for status in WAYS[here]:
        alice.patch(path, {"status": status})
    before = alice.get(path)
    assert before["status"] == here
    for person in (alice, bob):
        assert problem(person, "PATCH", path, {"status": there}) == (409, "conflict")
    assert alice.get(path) == before


def test_of_several_answers_at_once_one_counts(alice: Person, bob: Person) -> None:
    path = f"/lessons/{teach(alice, bob)['id']}"
    student = bob.connect("/talemy")

    def confirm(person: Person) -> int:
        return person.call("PATCH", path, {"status": "confirmed"}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(confirm, [alice, bob] * 4))
    assert answers == [200] + [409] * 7
    student.settle()
    assert len(student.all("lesson:statusUpdated")) == 1


def test_nobody_teaches_themself_or_nobody(alice: Person) -> None:
    body = {"title": "Kora", "starts_at": STARTS_AT}
    assert problem(alice, "POST", "/lessons", {**body, "student_id": alice.id}) == (
        422,
        "invalid_payload",
    )
    assert problem(alice, "POST", "/lessons", {**body, "student_id": 2**52}) == (404, "not_found")


def test_people_who_block_each_other_arrange_no_lesson_but_can_cancel_one(
    alice: Person, bob: Person
) -> None:
    lesson = teach(alice, bob)
    bob.call("PUT", f"/users/{alice.id}/block")
    before = len(alice.get("/conversations")["items"])
    for teacher, student in ((alice, bob), (bob, alice)):
        body = {"student_id": student.id, "title": "Kora", "starts_at": STARTS_AT}
        assert problem(teacher, "POST", "/lessons", body) == (403, "blocked")
    assert len(alice.get("/conversations")["items"]) == before
    changed = alice.patch(f"/lessons/{lesson['id']}", {"status": "cancelled"})
    assert changed["status"] == "cancelled"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-12-01T17:30:00Z", "2026-12-01T17:30:00.000Z"),
        ("2026-12-01T18:30+01:00", "2026-12-01T17:30:00.000Z"),
        ("2026-12-02T03:15:00.5+0945", "2026-12-01T17:30:00.500Z"),
        ("2026-12-01T12:30:00.123999-05", "2026-12-01T17:30:00.123Z"),
        ("1999-01-01T00:00:00Z", "1999-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_with_any_offset_is_kept_in_utc(
    pair: tuple[Person, Person], given: str, kept: str
) -> None:
    alice, bob = pair
    assert teach(alice, bob, starts_at=given)["starts_at"] == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2026-12-01T17:30:00"),  # no offset: nobody knows when that is
        ("starts_at", "2026-12-01"),
        ("starts_at", "2026-W49-2T17:30:00Z"),
        ("starts_at", "2026-12-01 17:30:00Z"),
        ("starts_at", "2026-02-30T17:30:00Z"),
        ("starts_at", "2026-12-01T25:30:00Z"),
        ("starts_at", "2026-12-01T17:30:00+25:00"),
        ("starts_at", "2026-12-01T17:30:00Z\n"),
        ("starts_at", "0001-01-01T00:00:00+14:00"),
        ("starts_at", "9999-12-31T23:59:59-14:00"),
        ("starts_at", "٢٠٢٦-12-01T17:30:00Z"),
        ("starts_at", ""),
        ("starts_at", 1796146200),
        ("starts_at", None),
        ("duration_minutes", 4),
        ("duration_minutes", 1441),
        ("duration_minutes", "60"),
        ("duration_minutes", 60.0),
        ("duration_minutes", True),
        ("title", ""),
        ("title", " \t "),
        ("title", "x" * 121),
        ("title", "a\x00b"),
        ("student_id", "7"),
        ("student_id", 0),
        ("student_id", 2**63),
        ("teacher_id", 1),
        ("status", "confirmed"),
    ],
)
def test_what_is_not_a_lesson_is_refused_by_name(
    pair: tuple[Person, Person], field: str, value: Any
) -> None:
    alice, bob = pair
    before = alice.get("/lessons")
    body = {"student_id": bob.id, "title": "Kora", "starts_at": STARTS_AT, field: value}
    answer = alice.call("POST", "/lessons", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_payload")
    assert [found["field"] for found in answer.json()["details"]] == [field]
    assert alice.get("/lessons") == before


@pytest.mark.parametrize("body", [{}, {"status": "begun"}, {"status": None}, {"title": "New"}, []])
def test_what_is_not_a_status_is_refused(pair: tuple[Person, Person], body: Any) -> None:
    alice, bob = pair
    path = f"/lessons/{teach(alice, bob)['id']}"
    assert problem(alice, "PATCH", path, body) == (422, "invalid_payload")


@pytest.mark.parametrize("minutes", [5, 1440])
def test_a_lesson_lasts_from_five_minutes_to_a_day(
    pair: tuple[Person, Person], minutes: int
) -> None:
    alice, bob = pair
    assert teach(alice, bob, duration_minutes=minutes)["duration_minutes"] == minutes


def test_lists_are_paged_newest_first_and_sorted_out_by_status(
    alice: Person, bob: Person, charlie: Person
) -> None:
    given = [teach(alice, bob, title=f"Lesson {n}") for n in range(5)]
    taken = teach(charlie, alice)
    expected = [taken["id"], *(lesson["id"] for lesson in reversed(given))]
    seen: list[int] = []
    cursor = None
    while True:
        page = alice.get("/lessons", limit=4, **({"cursor": cursor} if cursor else {}))
        seen += [lesson["id"] for lesson in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == expected
    assert [lesson["id"] for lesson in bob.get("/lessons")["items"]] == expected[1:]

    confirmed = alice.patch(f"/lessons/{given[2]['id']}", {"status": "confirmed"})
    assert alice.get("/lessons", status="confirmed")["items"] == [confirmed]
    assert alice.get("/lessons", status="completed")["items"] == []


@pytest.mark.parametrize("query", ["status=begun", "limit=0", "cursor=x", f"cursor={'9' * 40}"])
def test_a_list_asked_for_wrongly_is_refused(pair: tuple[Person, Person], query: str) -> None:
    alice, _ = pair
    assert problem(alice, "GET", f"/lessons?{query}") == (422, "invalid_payload")
