"""Two people with script meet by a contact request, live and across interruptions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.fresh import (
    assert_as_fresh,
    press,
    replayed_from,
    text,
    until_pending,
    until_says,
)
from tests.browser.tab import Tab
from tests.support.people import Person

pytestmark = pytest.mark.browser
Open = Callable[..., Tab]


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


def test_what_happened_while_there_was_no_network_is_caught_up_with(
    sign_in: Open, alice: Person, bob: Person
) -> None:
    asked = alice.post("/contact-requests", {"recipient_id": bob.id, "message": "Still there?"})
    tabs = [sign_in(bob).open("/contact-requests")]
    tabs.append(Tab(tabs[0].context, tabs[0].base).open("/lessons"))
    tabs[0].context.set_offline(True)
    for tab in tabs:
        tab.page.wait_for_selector("#connection-notice", state="visible")
    alice.patch(f"/contact-requests/{asked['id']}", {"status": "cancelled"})
    until_pending(tabs[0], "1")
    tabs[0].context.set_offline(False)
    until_says(tabs[0], "Withdrawn")
    for tab in tabs:
        until_pending(tab, "")
    assert_as_fresh(*tabs)


def test_a_replay_of_everything_changes_nothing(sign_in: Open, alice: Person, bob: Person) -> None:
    """A page whose cursor lies before all of it receives what it shows, and counts nothing twice."""
    cursor = bob.get("/changes", after=0)["cursor"]
    alice.post("/contact-requests", {"recipient_id": bob.id})
    his = sign_in(bob)
    for path in ("/contact-requests", "/lessons"):
        his.page.route(f"**{path}", replayed_from(cursor))
        his.open(path)
        until_pending(his, "1")
        assert_as_fresh(his)
