"""Two people at once, each in their own browser: what one does, the other sees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.tab import Tab
from tests.support.people import Person

pytestmark = pytest.mark.browser

OWN = "li[data-own=true][data-message-id]"
OTHERS = "li[data-own=false][data-message-id]"


@pytest.fixture
def talk(bob: Person, kora: dict[str, Any]) -> int:
    """Bob has asked Alice about her kora."""
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Is it still for sale?"})
    conversation_id: int = sent["conversation_id"]
    return conversation_id


@pytest.fixture
def both(alice: Person, bob: Person, talk: int, sign_in: Open) -> tuple[Tab, Tab]:
    """Alice's and Bob's tabs, both in the conversation."""
    return sign_in(alice).conversation(talk), sign_in(bob).conversation(talk)


def test_a_message_appears_is_answered_and_shown_as_read(both: tuple[Tab, Tab]) -> None:
    hers, his = both
    his.say("I could come on Sunday.")
    hers.until_said("I could come on Sunday.")
    his.until(
        f"() => [...document.querySelectorAll('{OWN}')].every((row) => row.dataset.read === 'true')"
    )
    hers.say("Sunday is fine.")
    his.until_said("Sunday is fine.")
    assert hers.texts() == his.texts()
    hers.assert_as_fresh()
    his.assert_as_fresh()


def test_writing_from_the_products_page_opens_the_conversation(
    alice: Person, bob: Person, kora: dict[str, Any], sign_in: Open
) -> None:
    hers, his = sign_in(alice).open("/conversations"), sign_in(bob).open(f"/products/{kora['id']}")
    his.page.fill("form[action$='/contact'] textarea", "May I try it?")
    his.page.click("form[action$='/contact'] button")
    hers.until_count("#conversation-list > li", 1)
    hers.until_titled("(1)")
    his.until_said("May I try it?")


def test_unread_badges_agree_in_every_tab(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    inbox, his = sign_in(alice).open("/conversations"), sign_in(bob).conversation(talk)
    elsewhere = Tab(inbox.context, inbox.base).open("/products")
    for tab in (inbox, elsewhere):
        tab.until_titled("(1)")
    his.say("And one more thing")
    for tab in (inbox, elsewhere):
        tab.until_titled("(2)")
    reading = Tab(inbox.context, inbox.base).conversation(talk)
    for tab in (inbox, elsewhere, reading):
        tab.until_titled("")
    assert inbox.page.locator("#conversation-list [data-part=unread]").is_hidden()


def test_what_is_not_in_sight_is_not_marked_read(both: tuple[Tab, Tab]) -> None:
    hers, his = both
    for number in range(30):
        his.say(f"line {number}")
    hers.until_said("line 29")
    hers.until_titled("")
    hers.page.evaluate(
        "() => { const box = document.querySelector('#message-scroll'); box.scrollTop = -box.scrollHeight; }"
    )
    his.say("below the fold")
    hers.until_titled("(1)")
    assert "1" in hers.page.inner_text("#new-messages")
    unread = f"() => document.querySelector('#message-list > {OWN}:last-child').dataset.read"
    assert his.page.evaluate(unread) == "false"
    hers.page.click("#new-messages")
    hers.until_titled("")
    his.until(f"{unread} === 'true'")


def test_typing_is_seen_and_passes(both: tuple[Tab, Tab]) -> None:
    hers, his = both
    hers.page.type("#composer textarea", "hmm")
    his.until("() => document.querySelector('#typing').textContent.includes('Alice')")
    hers.page.fill("#composer textarea", "")
    his.until("() => document.querySelector('#typing').textContent === ''")


def test_a_reply_quotes_what_its_original_says_now(both: tuple[Tab, Tab]) -> None:
    hers, his = both
    hers.choose(OTHERS, "reply")
    hers.say("It is.")
    quote = "() => document.querySelector('#message-list > li:last-child [data-part=reply-excerpt]').textContent"
    his.until(f"(text) => ({quote})() === text", "Is it still for sale?")
    his.choose(OWN, "edit")
    his.page.fill(".message__edit textarea", "Is it for sale?")
    his.page.press(".message__edit textarea", "Enter")
    hers.until(f"(text) => ({quote})() === text", "Is it for sale?")
    hers.assert_as_fresh()
    his.choose(OWN, "delete")
    his.page.click("#confirm-delete button[value=everyone]")
    hers.until_count("#message-list > li[data-state=deleted]", 1)
    hers.assert_as_fresh()
    his.assert_as_fresh()


def test_deleting_for_oneself_leaves_it_with_the_other(both: tuple[Tab, Tab]) -> None:
    hers, his = both
    hers.choose(OTHERS, "delete")
    assert hers.page.locator("#confirm-delete button[value=everyone]").is_hidden()
    hers.page.click("#confirm-delete button[value=me]")
    hers.until_count("#message-list > li[data-state=deleted]", 1)
    his.say("Still there?")  # comes after what the deletion might have told him
    his.until_said("Still there?")
    assert his.texts()[0] == "Is it still for sale?"
    hers.until_said("Still there?")
    hers.assert_as_fresh()


def test_closing_takes_the_composer_from_both_and_reopening_gives_it_back(
    both: tuple[Tab, Tab],
) -> None:
    hers, his = both
    hers.page.click("#conversation [data-part=menu] summary")
    hers.page.click("[data-action=close]")
    his.page.wait_for_selector("#composer", state="hidden")
    his.page.wait_for_selector("#composer-closed", state="visible")
    hers.page.click("#conversation [data-part=menu] summary")
    hers.page.click("[data-action=reopen]")
    his.page.wait_for_selector("#composer", state="visible")


def test_a_refused_message_says_why_and_holds_up_nobody(
    both: tuple[Tab, Tab], alice: Person, bob: Person
) -> None:
    hers, his = both
    assert alice.call("PUT", f"/users/{bob.id}/block").ok
    his.say("Hello?")
    his.until_count("#message-list > li[data-state=failed]", 1)
    assert "no longer message" in his.page.inner_text("li[data-state=failed] [data-part=error]")
    assert alice.call("DELETE", f"/users/{bob.id}/block").ok
    his.say("Are you there?")
    hers.until_said("Are you there?")
    his.page.click("li[data-state=failed] [data-action=retry]")
    hers.until_said("Hello?")
    his.until_count("#message-list > li[data-state=failed]", 0)


def test_older_messages_come_in_without_moving_what_is_read(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    for number in range(130):
        bob.post(f"/conversations/{talk}/messages", {"text": f"message {number}"})
    alice.post(f"/conversations/{talk}/read", {})
    hers = sign_in(alice).conversation(talk)
    assert len(hers.texts()) == 50
    where = "() => document.querySelector('[data-seq=\"84\"]').getBoundingClientRect().top"
    # In one turn: coming near the top is what asks for more.
    before = hers.page.evaluate(
        f"() => {{ document.querySelector('[data-seq=\"84\"]').scrollIntoView(); return ({where})(); }}"
    )
    hers.until("() => document.querySelectorAll('#message-list > li[data-seq]').length >= 100")
    assert abs(hers.page.evaluate(where) - before) <= 2
    hers.page.evaluate("() => document.querySelector('#load-older').click()")
    hers.until("() => document.querySelector('[data-seq=\"1\"]')")
    assert hers.texts()[0] == "Is it still for sale?"


def test_a_draft_waits_in_its_conversation(both: tuple[Tab, Tab]) -> None:
    _, his = both
    his.page.type("#composer textarea", "Would you take 4")
    inbox = Tab(his.context, his.base).open("/conversations")
    assert "Would you take 4" in inbox.page.inner_text("#conversation-list [data-part=draft]")
    his.page.reload()
    assert his.page.input_value("#composer textarea") == "Would you take 4"
    his.say("Would you take 400?")
    inbox.page.wait_for_selector("#conversation-list [data-part=draft]", state="hidden")


def test_french_speaks_french(alice: Person, bob: Person, talk: int, sign_in: Open) -> None:
    hers, his = sign_in(alice, "fr-FR").conversation(talk), sign_in(bob).conversation(talk)
    his.page.type("#composer textarea", "hm")
    hers.until(
        "() => document.querySelector('#typing').textContent === 'Bob est en train d’écrire…'"
    )
    hers.assert_as_fresh()
