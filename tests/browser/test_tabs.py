"""Several tabs of one reader: one connection and one outbox for all, and a hand-over when the leading one closes."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open
from tests.browser.tab import Tab
from tests.support.people import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def talk(alice: Person, bob: Person) -> int:
    """Bob has written to Alice."""
    conversation_id: int = bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})[
        "conversation_id"
    ]
    return conversation_id


def test_a_second_tab_opens_no_connection_and_is_as_live_as_the_first(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    first = sign_in(alice).conversation(talk)
    second = Tab(first.context, first.base).conversation(talk)
    assert (first.connections(), second.connections()) == (1, 0)
    bob.post("/messages", {"conversation_id": talk, "text": "to both tabs"})
    second.say("from the second tab")
    for tab in (first, second):
        tab.until_said("to both tabs")
        tab.until_said("from the second tab")
    assert first.texts() == second.texts()


def test_the_next_tab_takes_over_with_what_was_unsent_when_the_leading_one_closes(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    first = sign_in(alice).conversation(talk)
    second = Tab(first.context, first.base).conversation(talk)
    assert second.connections() == 0
    first.context.set_offline(True)
    for text in ("one", "two", "three"):
        second.say(text)
    second.until_count("#message-list > li[data-state=sending]", 3)
    first.page.close()
    first.context.set_offline(False)
    for text in ("one", "two", "three"):
        second.until_said(text)
    second.until("() => document.documentElement.dataset.live === 'true'")
    assert second.connections() >= 1
    assert second.texts() == ["Hello", "one", "two", "three"]
    bob.post("/messages", {"conversation_id": talk, "text": "still there?"})
    second.until_said("still there?")
    second.assert_as_fresh()
