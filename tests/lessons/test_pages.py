"""A teacher and a student arrange a lesson, and neither browser runs a line of script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.people import Person
from tests.web.browser import Browser, Node

Browse = Callable[..., Browser]


def form_of(page: Node) -> Node:
    return page.one("form", class_="form")


def lesson(teacher: Person, student: Person, title: str = "Kora", **given: Any) -> dict[str, Any]:
    """A lesson tomorrow, unless said otherwise."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    body = {"student_id": student.id, "title": title, "starts_at": tomorrow.isoformat()} | given
    made: dict[str, Any] = teacher.post("/lessons", body)
    return made


def titles(page: Node) -> list[str]:
    return [row.part("link").text for row in page.all("li", class_="lesson-row")]


def buttons(page: Node) -> list[str]:
    found = page.one("article").all("button", name="status")
    return [button.attributes["value"] for button in found if not button.hidden]


def press(browser: Browser, status: str) -> Node:
    return browser.press(browser.page.one("button", name="status", value=status))


def status_of(page: Node) -> str:
    return page.one("article").part("status").text


# --- scheduling


def test_a_lesson_is_scheduled_for_somebody_one_talks_with(
    alice: Person, bob: Person, charlie: Person, browse: Browse
) -> None:
    bob.post("/messages", {"recipient_id": alice.id, "text": "Will you teach me?"})
    hers = browse(alice)
    page = hers.open("/lessons")
    page = hers.follow(page.one("main").all("a", href="/lessons/new")[0])
    people = page.one("ul", class_="plain-list").all("a")
    assert [person.one("strong").text for person in people] == ["Bob"]  # and not Charlie
    page = hers.follow(people[0])
    given = {
        "title": "First steps",
        "date": "2030-01-15",
        "time": "18:30",
        "duration_minutes": "45",
    }
    page = hers.submit(form_of(page), timezone="Africa/Dakar", **given)
    assert hers.path.startswith("/lessons/")
    assert page.one("h1").text == "First steps"
    made = bob.get("/lessons")["items"][0]
    assert (made["teacher"]["id"], made["student"]["id"]) == (alice.id, bob.id)
    assert (made["starts_at"], made["duration_minutes"]) == ("2030-01-15T18:30:00.000Z", 45)


def test_somebody_else_is_found_by_name(alice: Person, charlie: Person, browse: Browse) -> None:
    hers = browse(alice)
    page = hers.open("/lessons/new")
    assert not page.all("ul", class_="plain-list")
    charlie.post("/auth/register", _account("Zebulon Xylander"))
    page = hers.open("/lessons/new?q=xyland")
    (found,) = page.one("ul", class_="plain-list").all("a")
    assert hers.follow(found).one("main").all("strong")[0].text == "Zebulon Xylander"
    assert "No results for “qqqqqq”" in hers.open("/lessons/new?q=qqqqqq").one("main").text


def _account(name: str) -> dict[str, str]:
    address = f"{name.replace(' ', '.').lower()}.{datetime.now(UTC).timestamp()}@example.org"
    return {"email": address, "password": "correct horse battery", "name": name}


def test_nobody_is_offered_to_teach_themself(alice: Person, browse: Browse) -> None:
    hers = browse(alice)
    assert not hers.open(f"/lessons/new?student_id={alice.id}").all(name="student_id")
    page = hers.open("/lessons/new?q=alice")
    links = [link.attributes["href"] for link in page.one("main").all("a")]
    assert f"/lessons/new?student_id={alice.id}" not in links


@pytest.mark.parametrize("student_id", ["", "me", "99999999999999999999"])
def test_a_form_for_nobody_asks_for_whom(
    alice: Person, bob: Person, browse: Browse, student_id: str
) -> None:
    hers = browse(alice)
    form = form_of(hers.open(f"/lessons/new?student_id={bob.id}"))
    wish = str(alice.id) if student_id == "me" else student_id
    page = hers.submit(form, title="Kora", date="2030-01-15", time="18:30", student_id=wish)
    assert hers.response.status_code == 422
    assert "Choose a student." in page.one("main").text
    assert alice.get("/lessons")["items"] == []


def test_the_time_is_that_of_the_readers_clocks(alice: Person, bob: Person, browse: Browse) -> None:
    hers = browse(alice)
    hers.http.cookies.set("tz", "Europe/Paris")
    page = hers.open(f"/lessons/new?student_id={bob.id}")
    assert "Europe/Paris" in page.one("main").text
    form = form_of(page)
    assert form.one("input", name="timezone").attributes["type"] == "hidden"
    page = hers.submit(form, title="Summer", date="2030-07-01", time="10:00")
    assert alice.get("/lessons")["items"][0]["starts_at"] == "2030-07-01T08:00:00.000Z"
    shown = page.one("article").one("time")
    assert "10:00" in shown.text
    assert page.part("timezone").text == "Europe/Paris"


def test_a_zone_that_is_asked_for_once_is_remembered(
    alice: Person, bob: Person, browse: Browse
) -> None:
    """Without script nothing else says where a reader is."""
    hers = browse(alice)
    form = form_of(hers.open(f"/lessons/new?student_id={bob.id}"))
    assert hers.fields_of(form)["timezone"] == "UTC"
    page = hers.submit(form, title="Kora", date="2030-07-01", time="10:00", timezone="Asia/Tokyo")
    assert page.part("timezone").text == "Asia/Tokyo"
    assert "10:00" in page.one("article").one("time").text
    form = form_of(hers.open(f"/lessons/new?student_id={bob.id}"))
    assert hers.fields_of(form)["timezone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("title", "x" * 121),
        ("date", ""),
        ("date", "2030-02-30"),
        ("date", "tomorrow"),
        ("date", "0001-01-01"),
        ("time", "25:00"),
        ("time", ""),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("duration_minutes", "4"),
        ("duration_minutes", "1441"),
        ("duration_minutes", "an hour"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    alice: Person, bob: Person, browse: Browse, field: str, value: str
) -> None:
    hers = browse(alice)
    form = form_of(hers.open(f"/lessons/new?student_id={bob.id}"))
    good = {"title": "Kora", "date": "2030-01-15", "time": "18:30", "timezone": "Africa/Dakar"}
    page = hers.submit(form, **(good | {field: value}))
    assert hers.response.status_code == 422
    assert len(page.all("p", class_="field__error")) == 1
    kept = hers.fields_of(form_of(page))
    assert {name: kept[name] for name in good} == good | ({field: value} if field in good else {})
    assert kept["student_id"] == str(bob.id)
    assert alice.get("/lessons")["items"] == []


def test_an_hour_that_the_clocks_leave_out_is_refused(
    alice: Person, bob: Person, browse: Browse
) -> None:
    hers = browse(alice)
    hers.http.cookies.set("tz", "Europe/Paris")
    form = form_of(hers.open(f"/lessons/new?student_id={bob.id}"))
    page = hers.submit(form, title="Kora", date="2030-03-31", time="02:30")
    assert (
        page.one("p", class_="field__error").text
        == "This time does not exist on that day. Choose another."
    )
    hers.submit(form, title="Kora", date="2030-03-31", time="03:30")
    assert alice.get("/lessons")["items"][0]["starts_at"] == "2030-03-31T01:30:00.000Z"


def test_a_lesson_across_a_block_is_refused(alice: Person, bob: Person, browse: Browse) -> None:
    bob.call("PUT", f"/users/{alice.id}/block")
    hers = browse(alice)
    form = form_of(hers.open(f"/lessons/new?student_id={bob.id}"))
    page = hers.submit(form, title="Kora", date="2030-01-15", time="18:30")
    assert hers.response.status_code == 403
    assert "You cannot message each other." in page.one("main").text
    assert alice.get("/lessons")["items"] == []


# --- lists


def test_each_finds_the_lesson_on_their_own_side(
    alice: Person, bob: Person, charlie: Person, browse: Browse
) -> None:
    given = lesson(alice, bob, "Kora")
    lesson(bob, alice, "Swimming")
    hers, his, strangers = browse(alice), browse(bob), browse(charlie)
    assert titles(hers.open("/lessons")) == ["Kora", "Swimming"]
    assert titles(hers.open("/lessons?as=teacher")) == ["Kora"]
    assert titles(hers.open("/lessons?as=student")) == ["Swimming"]
    assert titles(his.open("/lessons?as=student")) == ["Kora"]
    row = his.page.one("li", class_="lesson-row")
    assert row.attributes["data-lesson-id"] == str(given["id"])
    assert "Alice teaches you" in row.text
    assert titles(strangers.open("/lessons")) == []
    assert titles(strangers.open(f"/lessons?cursor={given['id']}")) == []


def test_lessons_to_come_go_by_time_and_past_ones_backwards(
    alice: Person, bob: Person, browse: Browse
) -> None:
    now = datetime.now(UTC)
    for title, hours in [
        ("Later", 48),
        ("Soon", 1),
        ("Now", -0.5),
        ("Over", -2),
        ("Long over", -48),
    ]:
        lesson(alice, bob, title, starts_at=(now + timedelta(hours=hours)).isoformat())
    off = lesson(bob, alice, "Off", starts_at=(now + timedelta(hours=3)).isoformat())
    alice.patch(f"/lessons/{off['id']}", {"status": "cancelled"})
    hers = browse(alice)
    assert titles(hers.open("/lessons")) == ["Now", "Soon", "Later"]
    assert titles(hers.open("/lessons?when=past")) == ["Off", "Over", "Long over"]


def test_a_long_list_goes_on_where_it_stopped(alice: Person, bob: Person, browse: Browse) -> None:
    """Thirty-one at the same moment, so that the order is not by time alone."""
    for number in range(31):
        lesson(alice, bob, f"Lesson {number:02}", starts_at="2030-01-01T10:00:00Z")
    hers = browse(alice)
    first = titles(hers.open("/lessons"))
    pager = hers.page.one("nav", class_="pager").one("a")
    assert first + titles(hers.follow(pager)) == [f"Lesson {number:02}" for number in range(31)]
    assert not hers.page.all("nav", class_="pager")


@pytest.mark.parametrize("path", ["/lessons", "/lessons?when=past", "/lessons?as=student"])
def test_an_empty_list_says_what_to_do(alice: Person, browse: Browse, path: str) -> None:
    hers = browse(alice)
    assert hers.open(path).one(id="lesson-list-empty").one("h2").text


# --- one lesson


def test_a_lesson_goes_its_way(alice: Person, bob: Person, browse: Browse) -> None:
    path = f"/lessons/{lesson(alice, bob)['id']}"
    hers, his = browse(alice), browse(bob)
    page = his.open(path)
    assert (status_of(page), buttons(page)) == ("Scheduled", ["confirmed", "cancelled"])
    page = press(his, "confirmed")
    assert his.path == path
    assert (status_of(page), buttons(page)) == ("Confirmed", ["cancelled"])
    page = hers.open(path)
    assert buttons(page) == ["completed", "cancelled"]  # that it took place, the teacher says
    page = press(hers, "completed")
    assert (status_of(page), buttons(page)) == ("Completed", [])
    assert not page.all("form", action=path)


@pytest.mark.parametrize("status", ["scheduled", "confirmed"])
def test_either_can_cancel(alice: Person, bob: Person, browse: Browse, status: str) -> None:
    made = lesson(alice, bob)
    if status == "confirmed":
        bob.patch(f"/lessons/{made['id']}", {"status": "confirmed"})
    for person in (alice, bob):
        browser = browse(person)
        browser.open(f"/lessons/{made['id']}")
        assert "cancelled" in buttons(browser.page)
    page = press(browser, "cancelled")
    assert (status_of(page), buttons(page)) == ("Cancelled", [])


def test_a_button_that_came_too_late_says_so(alice: Person, bob: Person, browse: Browse) -> None:
    path = f"/lessons/{lesson(alice, bob)['id']}"
    his = browse(bob)
    his.open(path)
    alice.patch(path, {"status": "cancelled"})
    page = press(his, "confirmed")
    assert his.response.status_code == 409
    assert page.one("p", role="alert").text == "The lesson's status no longer allows this."
    assert status_of(page) == "Cancelled"


def test_others_find_no_lesson(alice: Person, bob: Person, charlie: Person, browse: Browse) -> None:
    made = lesson(alice, bob, "Between us")
    strangers = browse(charlie)
    page = strangers.open(f"/lessons/{made['id']}")
    assert strangers.response.status_code == 404
    assert "Between us" not in page.text
    browse(bob).open(f"/lessons/{made['id']}")


def test_its_conversation_shows_the_lesson_and_leads_to_it(
    alice: Person, bob: Person, browse: Browse
) -> None:
    made = lesson(alice, bob, "First steps")
    his = browse(bob)
    page = his.open(f"/lessons/{made['id']}")
    address = f"/conversations/{made['conversation_id']}"
    page = his.follow(page.one("main").one("a", href=address))
    strip = page.one("section", id="conversation").part("lesson")
    assert "First steps" in strip.text
    assert strip.part("status").text == "Scheduled"
    assert strip.part("starts-at").attributes["datetime"] == made["starts_at"]
    assert his.follow(strip).one("h1").text == "First steps"


def test_other_conversations_show_no_lesson(alice: Person, bob: Person, browse: Browse) -> None:
    lesson(alice, bob)
    talk = bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})["conversation_id"]
    page = browse(bob).open(f"/conversations/{talk}")
    assert page.one("section", id="conversation").all(data_part="lesson") == []
