"""Two people with script, in two time zones, meet by a request and arrange a lesson."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route, TimeoutError

from tests.browser.tab import Tab
from tests.support.people import Person

pytestmark = pytest.mark.browser
Open = Callable[..., Tab]


def text(tab: Tab, selector: str) -> str:
    found: str = tab.page.locator(selector).inner_text()
    return found


def press(tab: Tab, selector: str) -> None:
    """Click what leads to another page."""
    with tab.page.expect_navigation():
        tab.page.click(selector)


def test_a_request_is_asked_and_accepted(sign_in: Open, alice: Person, bob: Person) -> None:
    his, hers = sign_in(bob), sign_in(alice)
    his.open(f"/people/{alice.id}")
    his.page.fill("#contact textarea", "May I learn from you?")
    press(his, "#contact form button")
    assert text(his, ".request-row [data-part=message]") == "May I learn from you?"

    hers.open("/products")
    assert text(hers, "[data-part=pending-requests]") == "1"
    press(hers, ".masthead__nav a[href='/contact-requests']")
    press(hers, ".request-row button[value=accepted]")
    hers.until("() => document.documentElement?.dataset.live === 'true'")
    assert not hers.page.locator("[data-part=pending-requests]").is_visible()

    his.open("/contact-requests?direction=sent")
    press(his, ".request-row [data-part=conversation]")
    hers.say("Of course.")
    his.until_said("Of course.")


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


# --- what happens while the pages are open

# Sorted: a row of the script's has the same attributes as the server's, in another order.
_SHOWN = """() => [document.querySelector("main").innerText,
  [...document.querySelectorAll("main [data-revision]")].map((row) => Object.entries(row.dataset).sort()),
  [...document.querySelectorAll("main :is(a[href], form[action])")].filter((each) => each.checkVisibility())
    .map((each) => each.getAttribute("href") ?? each.getAttribute("action"))]"""
_WORDS = "([selector, words]) => document.querySelector(selector).innerText.replaceAll('\\n', ' ').includes(words)"


def until_says(tab: Tab, words: str, selector: str = "main") -> None:
    tab.until(_WORDS, [selector, words])


def until_pending(tab: Tab, count: str) -> None:
    """The number beside "Requests" in the navigation; ``""`` for none."""
    badge = "document.querySelector('[data-part=pending-requests]')"
    tab.until(f"(count) => ({badge}.hidden ? '' : {badge}.textContent) === count", count)


def assert_as_fresh(*tabs: Tab) -> None:
    """A fresh load of each address shows the same."""
    for tab in tabs:
        fresh = Tab(tab.context, tab.base).open(tab.page.url.removeprefix(tab.base))
        shown = fresh.page.evaluate(_SHOWN)
        with suppress(TimeoutError):
            tab.until(f"(fresh) => JSON.stringify(({_SHOWN})()) === JSON.stringify(fresh)", shown)
        assert tab.page.evaluate(_SHOWN) == shown
        fresh.page.close()


def teach(teacher: Person, student: Person, title: str, day: int = 1) -> dict[str, Any]:
    """A lesson in some days, scheduled over REST."""
    starts_at = (datetime.now(UTC) + timedelta(days=day)).isoformat()
    body = {"student_id": student.id, "title": title, "starts_at": starts_at}
    made: dict[str, Any] = teacher.post("/lessons", body)
    return made


def test_requests_come_and_are_answered_in_every_open_tab(
    sign_in: Open, alice: Person, bob: Person, charlie: Person
) -> None:
    received = sign_in(alice).open("/contact-requests")
    elsewhere = Tab(received.context, received.base).open("/products")
    sent = sign_in(bob).open("/contact-requests?direction=sent")
    strangers = sign_in(charlie).open("/contact-requests")
    assert "No requests" in text(received, "main")

    made = bob.post("/contact-requests", {"recipient_id": alice.id, "message": "May I?"})
    until_says(received, "Bob")
    until_says(sent, "May I?")
    for tab in (received, elsewhere):
        until_pending(tab, "1")
    assert_as_fresh(received, sent)

    alice.patch(f"/contact-requests/{made['id']}", {"status": "accepted"})
    for tab in (received, sent):
        until_says(tab, "Open the conversation")
    for tab in (received, elsewhere):
        until_pending(tab, "")
    assert "May I?" in text(received, "#request-list [data-part=answered]")
    assert_as_fresh(received, sent)

    again = alice.post("/contact-requests", {"recipient_id": bob.id})
    until_pending(sent, "1")
    bob.patch(f"/contact-requests/{again['id']}", {"status": "declined"})
    until_pending(sent, "")
    # Charlie's tab hears what is his, and of all this nothing.
    alice.post("/contact-requests", {"recipient_id": charlie.id, "message": "And you?"})
    until_says(strangers, "And you?")
    assert strangers.page.locator(".request-row").count() == 1
    assert_as_fresh(strangers)


def test_a_request_that_came_while_the_page_was_open_is_answered_on_it(
    sign_in: Open, alice: Person, bob: Person
) -> None:
    """The row is the script's, its form the server's."""
    received, sent = (
        sign_in(alice).open("/contact-requests"),
        sign_in(bob).open("/contact-requests?direction=sent"),
    )
    bob.post("/contact-requests", {"recipient_id": alice.id})
    press(received, ".request-row button[value=declined]")
    assert text(received, ".request-row [data-part=status]") == "Declined"
    until_says(sent, "Declined")
    assert_as_fresh(sent)


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
    asked = alice.post("/contact-requests", {"recipient_id": bob.id, "message": "Still there?"})
    lessons = sign_in(bob).open("/lessons")
    requests = Tab(lessons.context, lessons.base).open("/contact-requests")
    lessons.context.set_offline(True)
    for tab in (lessons, requests):
        tab.page.wait_for_selector("#connection-notice", state="visible")
    alice.patch(f"/lessons/{kept['id']}", {"status": "confirmed"})
    alice.patch(f"/lessons/{called_off['id']}", {"status": "cancelled"})
    teach(alice, bob, "New")
    alice.patch(f"/contact-requests/{asked['id']}", {"status": "cancelled"})
    assert "Called off" in text(lessons, "main")
    until_pending(requests, "1")
    lessons.context.set_offline(False)
    until_says(lessons, "New")
    until_says(requests, "Withdrawn")
    for tab in (lessons, requests):
        until_pending(tab, "")
    assert_as_fresh(lessons, requests)


def test_a_replay_of_everything_changes_nothing(sign_in: Open, alice: Person, bob: Person) -> None:
    """A page whose cursor lies before all of it is told again what it shows, and counts nothing twice."""
    cursor = bob.get("/changes", after=0)["cursor"]
    lesson = teach(alice, bob, "First steps")
    alice.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    alice.post("/contact-requests", {"recipient_id": bob.id})

    def older(route: Route) -> None:
        answer = route.fetch()
        page = re.sub(r'"cursor": ?\d+', f'"cursor": {cursor}', answer.text())
        assert f'"cursor": {cursor}' in page
        route.fulfill(response=answer, body=page)

    his = sign_in(bob)
    for path in ("/lessons", "/contact-requests"):
        his.page.route(f"**{path}", older)
        his.open(path)
        until_pending(his, "1")
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
