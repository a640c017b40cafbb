"""Two people with script, in two time zones, arrange a lesson, live and across interruptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.fresh import assert_as_fresh, press, replayed_from, text, until_says
from tests.browser.tab import Tab
from tests.support.people import Person

pytestmark = pytest.mark.browser
Open = Callable[..., Tab]


def test_each_reads_a_lesson_on_their_own_clocks(sign_in: Open, alice: Person, bob: Person) -> None:
    hers = sign_in(alice, "fr-FR", timezone_id="Europe/Paris")
    his = sign_in(bob, "fr-FR", timezone_id="Asia/Tokyo")
    hers.open("/products")  # whose script leaves the zone in a cookie
    hers.open(f"/lessons/new?student_id={bob.id}")
    hers.page.fill("input[name=title]", "First steps")
    hers.page.fill("input[name=date]", "2030-01-15")
    hers.page.fill("input[name=time]", "18:30")
    press(hers, "main form .button")
    assert alice.get("/lessons")["items"][0]["starts_at"] == "2030-01-15T17:30:00.000Z"
    assert _when(hers) == ("18:30", "Europe/Paris")

    his.open("/lessons")
    his.until("() => document.querySelector('.lesson-row time').textContent.includes('02:30')")
    press(his, ".lesson-row a")
    assert _when(his) == ("02:30", "Asia/Tokyo")
    press(his, "button[value=confirmed]")
    assert text(his, "#lesson [data-part=status]") == "Confirmé"
    press(his, "#lesson > a.button")
    assert "mer." in text(his, "[data-part=lesson] time")  # it is Wednesday there by then
    press(his, "[data-part=lesson]")

    hers.page.reload()
    press(hers, "button[value=completed]")
    assert text(hers, "#lesson [data-part=status]") == "Terminé"


def test_a_first_visit_is_not_shown_in_another_zone_than_it_says(
    sign_in: Open, alice: Person, bob: Person
) -> None:
    """Without the cookie the server says UTC; the script puts both right, the hour and the name."""
    lesson = {"student_id": bob.id, "title": "Kora", "starts_at": "2030-01-15T17:30:00Z"}
    made: dict[str, Any] = alice.post("/lessons", lesson)
    hers = sign_in(alice, "fr-FR", timezone_id="Europe/Paris")
    hers.context.clear_cookies(name="tz")
    hers.open(f"/lessons/{made['id']}")
    assert _when(hers) == ("18:30", "Europe/Paris")
    hers.context.clear_cookies(name="tz")
    hers.open(f"/lessons/new?student_id={bob.id}")
    assert hers.page.input_value("input[name=timezone]") == "Europe/Paris"


def _when(tab: Tab) -> tuple[str, str]:
    """The hour that the page of a lesson shows, and the zone it names."""
    tab.until("() => document.documentElement?.dataset.live === 'true'")
    shown = text(tab, "#lesson time")
    return shown[-5:], text(tab, "#lesson [data-part=timezone]")


# --- lessons that change while the pages are open


def teach(teacher: Person, student: Person, title: str, day: int = 1) -> dict[str, Any]:
    """A lesson in some days, scheduled over REST."""
    starts_at = (datetime.now(UTC) + timedelta(days=day)).isoformat()
    body = {"student_id": student.id, "title": title, "starts_at": starts_at}
    made: dict[str, Any] = teacher.post("/lessons", body)
    return made


def test_lessons_come_and_change_on_both_sides(
    sign_in: Open, alice: Person, bob: Person, charlie: Person
) -> None:
    given = sign_in(alice).open("/lessons?as=teacher")
    taken = sign_in(bob).open("/lessons")
    past = Tab(taken.context, taken.base).open("/lessons?when=past")
    strangers = sign_in(charlie).open("/lessons")

    later, sooner = teach(alice, bob, "Second steps", 2), teach(alice, bob, "First steps", 1)
    for tab in (given, taken):
        tab.until_count("#lesson-list > .lesson-row", 2)
        assert text(tab, "#lesson-list > li:first-child h2") == "First steps"
    until_says(taken, "Alice teaches you")
    assert_as_fresh(given, taken)

    one = Tab(given.context, given.base).open(f"/lessons/{later['id']}")
    other = Tab(taken.context, taken.base).open(f"/lessons/{later['id']}")
    talk = Tab(taken.context, taken.base).conversation(later["conversation_id"])
    bob.patch(f"/lessons/{later['id']}", {"status": "confirmed"})
    for tab in (one, other, given, taken):
        until_says(tab, "Confirmed")
    until_says(talk, "Confirmed", "[data-part=lesson]")
    until_says(one, "Mark as completed")  # which is for the teacher to say
    assert_as_fresh(one, other, given, taken)

    press(one, "button[value=completed]")
    until_says(other, "Completed")
    assert not other.page.locator("#lesson form").is_visible()
    until_says(past, "Second steps")
    alice.patch(f"/lessons/{sooner['id']}", {"status": "cancelled"})
    until_says(past, "First steps")
    for tab in (given, taken):
        tab.until_count("#lesson-list > .lesson-row", 0)
    assert_as_fresh(other, given, taken, past)

    teach(charlie, bob, "Something else")
    until_says(strangers, "Something else")
    assert strangers.page.locator(".lesson-row").count() == 1
    assert_as_fresh(strangers)


def test_what_happened_while_there_was_no_network_is_caught_up_with(
    sign_in: Open, alice: Person, bob: Person
) -> None:
    kept, called_off = teach(alice, bob, "Kept"), teach(alice, bob, "Called off")
    lessons = sign_in(bob).open("/lessons")
    lessons.context.set_offline(True)
    lessons.page.wait_for_selector("#connection-notice", state="visible")
    alice.patch(f"/lessons/{kept['id']}", {"status": "confirmed"})
    alice.patch(f"/lessons/{called_off['id']}", {"status": "cancelled"})
    teach(alice, bob, "New")
    assert "Called off" in text(lessons, "main")
    lessons.context.set_offline(False)
    until_says(lessons, "New")
    assert_as_fresh(lessons)


def test_a_replay_of_everything_changes_nothing(sign_in: Open, alice: Person, bob: Person) -> None:
    """A page whose cursor lies before all of it receives what it shows."""
    cursor = bob.get("/changes", after=0)["cursor"]
    lesson = teach(alice, bob, "First steps")
    alice.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    his = sign_in(bob)
    his.page.route("**/lessons", replayed_from(cursor))
    his.open("/lessons")
    until_says(his, "Confirmed")
    assert_as_fresh(his)


def test_a_long_list_stays_the_stretch_that_it_was(
    sign_in: Open, alice: Person, bob: Person
) -> None:
    for number in range(31):
        teach(alice, bob, f"Lesson {number:02}", number + 1)
    first = sign_in(bob).open("/lessons")
    second = Tab(first.context, first.base).open(
        first.page.locator(".pager a").get_attribute("href") or ""
    )
    teach(alice, bob, "In between", 10)
    teach(alice, bob, "At the end", 90)
    until_says(first, "In between")
    until_says(second, "At the end")
    assert "At the end" not in text(first, "main")
    assert "In between" not in text(second, "main")
