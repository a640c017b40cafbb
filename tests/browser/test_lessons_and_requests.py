"""Two people with script, in two time zones, meet by a request and arrange a lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
