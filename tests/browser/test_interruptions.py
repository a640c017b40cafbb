"""The network goes, the server falls, the token ends: nothing written is lost, and the page ends right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, WebSocketRoute

from tests.browser.conftest import Open
from tests.browser.tab import Tab
from tests.support.people import Person
from tests.support.server import Server

pytestmark = pytest.mark.browser

SENDING = "#message-list > li[data-state=sending]"


@pytest.fixture
def talk(alice: Person, bob: Person) -> int:
    """Alice and Bob have begun to talk."""
    conversation_id: int = bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})[
        "conversation_id"
    ]
    return conversation_id


def test_cut_and_restored_with_messages_from_both_sides(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    hers, his = sign_in(alice).conversation(talk), sign_in(bob).conversation(talk)
    his.context.set_offline(True)
    his.page.wait_for_selector("#connection-notice", state="visible")
    his.say("written in the tunnel")
    his.say("and this")
    hers.say("meanwhile")
    his.until_count(SENDING, 2)
    his.context.set_offline(False)
    for text in ("written in the tunnel", "and this", "meanwhile"):
        hers.until_said(text)
        his.until_said(text)
    his.page.wait_for_selector("#connection-notice", state="hidden")
    assert hers.texts() == his.texts()
    hers.assert_as_fresh()
    his.assert_as_fresh()


def test_a_reload_while_offline_loses_nothing(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    hers, his = sign_in(alice).conversation(talk), sign_in(bob).conversation(talk)
    his.context.set_offline(True)
    for text in ("first", "second"):
        his.say(text)
    his.until_count(SENDING, 2)
    his.context.set_offline(False)
    his.page.reload()
    hers.until_said("second")
    assert hers.texts() == ["Hello", "first", "second"]


def test_without_any_socket_the_page_sends_and_hears_by_rest(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    hers, his = sign_in(alice).conversation(talk), sign_in(bob)
    his.page.route("**/socket.io/**", lambda route: route.abort())
    his.page.route_web_socket("**/socket.io/**", _hang_up)
    his.complaints.clear()
    his.page.goto(f"{his.base}/conversations/{talk}")
    his.say("by REST")
    hers.until_said("by REST")
    hers.say("and back")
    his.until_said("and back")
    his.complaints.clear()  # Chromium names every request that was cut


def _hang_up(socket: WebSocketRoute) -> None:
    socket.close()


def test_signing_out_in_one_tab_ends_the_others_and_they_ask_for_nothing_more(
    alice: Person, talk: int, sign_in: Open
) -> None:
    reading = sign_in(alice).conversation(talk)
    leaving = Tab(reading.context, reading.base).open("/conversations")
    leaving.page.click(".masthead details.menu summary")
    leaving.page.click("form[action*=sign-out] button")
    reading.page.wait_for_selector("#connection-notice[data-status=ended] a[href^='/sign-in']")
    asked: list[str] = []
    reading.page.on("request", lambda request: asked.append(request.url))
    reading.page.on("websocket", lambda socket: asked.append(socket.url))
    reading.page.wait_for_timeout(2_500)  # longer than the first attempts to come back would take
    assert asked == []


class TestWithAServerOfItsOwn:
    """What would disturb the other tests."""

    @pytest.fixture
    def fragile(self, tmp_path: Path) -> Iterator[Server]:
        """A server that may be killed, with tokens that live eight seconds."""
        with Server(tmp_path, RATELIMIT_ENABLED="false", JWT_ACCESS_TOKEN_EXPIRES="8") as running:
            yield running

    @pytest.fixture
    def people(self, fragile: Server) -> Iterator[tuple[Person, Person]]:
        """Alice and Bob on it."""
        pair = (Person(fragile, "Alice"), Person(fragile, "Bob"))
        yield pair
        for person in pair:
            person.close()

    @pytest.fixture
    def talk(self, people: tuple[Person, Person]) -> int:
        """They have begun to talk."""
        alice, bob = people
        conversation_id: int = bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})[
            "conversation_id"
        ]
        return conversation_id

    def test_a_crash_of_the_server_loses_no_message(
        self, fragile: Server, people: tuple[Person, Person], talk: int, sign_in: Open
    ) -> None:
        hers, his = (sign_in(person).conversation(talk) for person in people)
        fragile.kill_all()
        his.page.wait_for_selector("#connection-notice", state="visible")
        his.say("into the void")
        hers.say("likewise")
        fragile.start()
        for text in ("into the void", "likewise"):
            hers.until_said(text)
            his.until_said(text)
        assert hers.texts() == his.texts()
        for tab in (hers, his):
            tab.complaints.clear()

    def test_tokens_are_renewed_once_for_all_tabs_and_nobody_notices(
        self, people: tuple[Person, Person], talk: int, sign_in: Open
    ) -> None:
        hers, his = (sign_in(person).conversation(talk) for person in people)
        second = Tab(hers.context, hers.base).open("/conversations")
        renewals, began = list[str](), time.monotonic()
        hers.context.on("request", lambda request: _note_renewal(request, renewals))
        for number in range(20):  # three lives of a token, at the pace of a conversation
            his.say(f"line {number}")
            hers.until_said(f"line {number}")
            his.page.wait_for_timeout(1_000)
        assert hers.page.locator("#connection-notice").is_hidden()
        assert second.page.locator("#connection-notice").is_hidden()
        # Each tab renewing for itself would make twice as many: one is due after four fifths of eight seconds.
        assert 2 <= len(renewals) <= 1 + (time.monotonic() - began) / 5, renewals


def _note_renewal(request: Request, renewals: list[str]) -> None:
    if request.url.endswith("/auth/refresh"):
        renewals.append(request.url)
