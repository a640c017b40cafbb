"""The marketplace on Expo, exported for the web, in a real browser; the other person in Palabre's own pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.tab import Tab
from tests.examples.conftest import Built
from tests.examples.marketplace import App
from tests.examples.static_site import StaticSite
from tests.support.people import Person, eventually
from tests.support.server import Server

Open = Callable[..., App]
ANY_SERVER = b"http://palabre.invalid"
DELETED = "This message was deleted"
# Whatever reaches beyond the window's edge, hidden screens aside.
_TOO_WIDE = """() => [...document.querySelectorAll("#root *")].filter((part) => part.checkVisibility()
  && part.getBoundingClientRect().right > innerWidth + 1).map((part) => part.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[StaticSite]:
    """The export, as any web server would serve it."""
    running = StaticSite(built("marketplace-expo") / "dist")
    yield running
    running.close()


@pytest.fixture(scope="module")
def server(site: StaticSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Palabre that lets the application's origin call."""
    folder = tmp_path_factory.mktemp("marketplace")
    with Server(folder, RATELIMIT_ENABLED="false", CORS_ORIGINS=site.url) as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def talk(bob: Person, kora: dict[str, Any]) -> int:
    """Bob has asked Alice about her kora."""
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Is it still for sale?"})
    conversation_id: int = sent["conversation_id"]
    return conversation_id


@pytest.fixture
def sign_in(chromium: Browser, site: StaticSite) -> Iterator[Open]:
    """``sign_in(person)``: the application, and them in it."""
    opened: list[App] = []

    def _open(person: Person, language: str = "en-US", **options: Any) -> App:
        site.replace = {ANY_SERVER: person.server.url.encode()}
        opened.append(App(chromium.new_context(locale=language, **options), site.url))
        return opened[-1].sign_in(person)

    yield _open
    complaints = [complaint for app in opened for complaint in app.complaints]
    for app in opened:
        app.context.close()
    assert complaints == []


@pytest.fixture
def pages(chromium: Browser) -> Iterator[Callable[[Person], Tab]]:
    """``pages(person)``: Palabre's own pages, and them in it."""
    opened: list[Tab] = []

    def _open(person: Person) -> Tab:
        opened.append(Tab(chromium.new_context(locale="en-US"), person.server.url))
        return opened[-1].sign_in(person)

    yield _open
    for tab in opened:
        tab.context.close()


def stored(person: Person, conversation_id: int) -> list[str]:
    """What the server has, as somebody reads it."""
    page = person.get(f"/conversations/{conversation_id}/messages", limit=100)
    return [message["text"] or DELETED for message in page["items"]]


def assert_all_equal(hers: Tab, his: App, person: Person, conversation_id: int) -> None:
    """Page, application and server show the same, in the same order."""
    truth = stored(person, conversation_id)
    eventually(lambda: hers.texts() == truth)
    eventually(lambda: his.texts() == truth)


def test_a_buyer_writes_from_an_offer_and_the_seller_answers(
    alice: Person, bob: Person, kora: dict[str, Any], sign_in: Open, pages: Callable[[Person], Tab]
) -> None:
    hers, his = pages(alice).open("/conversations"), sign_in(bob)
    expect(his.page.get_by_text("No conversations yet")).to_be_visible()
    his.page.get_by_text("Browse offers").click()
    his.part(f"product-{kora['id']}").click()
    expect(his.page.get_by_text("Offered by Alice")).to_be_visible()
    his.part("first-message").fill("May I try it?")
    his.part("contact").click()

    his.part("composer").wait_for()
    his.until_said("May I try it?")
    hers.until_count("#conversation-list > li", 1)
    hers.conversation(alice.get("/conversations")["items"][0]["id"])
    expect(his.message("May I try it?").locator("[data-testid=read]")).to_be_visible()
    expect(his.part("presence")).to_have_text("Online")
    hers.page.type("#composer textarea", "Of cou")
    expect(his.part("typing")).to_have_text("Alice is typing…")
    hers.say("Of course.")
    his.until_said("May I try it?", "Of course.")
    expect(his.part("typing")).to_have_text("")

    # Back at the offer there is a way to what was said, and no second first message.
    his.part("subject").click()
    his.part("continue").click()
    his.until_said("May I try it?", "Of course.")


def test_a_reply_an_edit_and_a_deletion_reach_the_other(
    alice: Person, bob: Person, talk: int, sign_in: Open, pages: Callable[[Person], Tab]
) -> None:
    hers, his = pages(alice).conversation(talk), sign_in(bob).conversation(talk)
    hers.say("Yes, come and try it.")
    his.until_said("Yes, come and try it.")
    his.choose("Yes, come and try it.", "reply")
    his.say("On Monday?")
    hers.until_said("On Monday?")
    expect(his.message("On Monday?").locator("[data-testid=quote]")).to_contain_text("Yes, come")
    assert bob.get(f"/conversations/{talk}/messages")["items"][-1]["reply_to"] is not None

    his.choose("On Monday?", "edit")
    his.say("On Sunday?")
    hers.until_said("On Sunday?")
    expect(his.message("On Sunday?").locator("[data-testid=edited]")).to_be_visible()

    his.choose("Is it still for sale?", "remove")
    hers.until_said(DELETED)
    hers.say("Gladly.")
    his.until_said(DELETED, "Yes, come and try it.", "On Sunday?", "Gladly.")
    his.choose("Gladly.", "remove-for-me")
    expect(his.part("messages").locator("[data-testid=text]").last).to_have_text(DELETED)
    assert stored(alice, talk)[-1] == "Gladly."
    assert his.texts() == stored(bob, talk)


def test_a_reply_and_an_edit_are_typed_without_a_click_into_the_field(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    """However long the menu was open: a browser's menu takes the focus once it has faded in."""
    his = sign_in(bob).conversation(talk)
    for text, action, typed in [
        ("Is it still for sale?", "reply", "On Monday?"),
        ("On Monday?", "edit", "On Sunday?"),
    ]:
        his.message(text).hover()
        his.message(text).locator("[data-testid=actions]").click()
        expect(his.page.get_by_role("dialog")).to_be_visible()
        his.page.get_by_test_id(action).click()
        expect(his.part("composer")).to_be_focused()
        his.page.keyboard.press("ControlOrMeta+A")
        his.page.keyboard.type(typed)
        his.page.keyboard.press("Enter")
        expect(his.message(typed).locator("[data-testid=sent]")).to_be_visible()
    assert stored(alice, talk) == ["Is it still for sale?", "On Sunday?"]


def test_badges_count_what_is_unread_until_it_is_read(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    his = sign_in(bob, viewport={"width": 1280, "height": 800})
    his.part(f"conversation-{talk}").wait_for()
    for text in ("Yes.", "It is."):
        alice.post(f"/conversations/{talk}/messages", {"text": text})
    row = his.part(f"conversation-{talk}")
    expect(row.locator("[data-testid=unread]")).to_have_text("2")
    expect(row.locator("[data-testid=excerpt]")).to_have_text("It is.")
    expect(his.part("unread-total")).to_have_text("2")
    expect(his.page).to_have_title("(2) Messages")

    his.conversation(talk)
    expect(his.part("unread-total")).to_have_count(0)
    expect(his.part("unread")).to_have_count(0)
    reading = {p["user"]["id"]: p["last_read_seq"] for p in _participants(alice, talk)}
    assert reading[bob.id] == 3


def test_what_both_write_while_one_is_offline_ends_up_the_same(
    alice: Person, bob: Person, talk: int, sign_in: Open, pages: Callable[[Person], Tab]
) -> None:
    hers, his = pages(alice).conversation(talk), sign_in(bob).conversation(talk)
    hers.say("I am here until six.")
    his.until_said("I am here until six.")

    his.context.set_offline(True)
    expect(his.part("connection")).to_contain_text("Connection lost")
    his.say("I am in a tunnel.")
    his.say("Still in it.")
    his.until_said("I am in a tunnel.", "Still in it.")  # at once
    hers.say("Are you there?")
    hers.until_said("Are you there?")
    assert "I am in a tunnel." not in stored(bob, talk)

    his.context.set_offline(False)
    expect(his.part("connection")).to_have_count(0)
    hers.until_said("Still in it.")
    assert_all_equal(hers, his, alice, talk)
    assert stored(bob, talk)[-3:] == ["Are you there?", "I am in a tunnel.", "Still in it."]


def test_what_was_not_sent_survives_a_reload(
    site: StaticSite,
    tmp_path_factory: pytest.TempPathFactory,
    sign_in: Open,
) -> None:
    folder = tmp_path_factory.mktemp("outage")
    with Server(folder, RATELIMIT_ENABLED="false", CORS_ORIGINS=site.url) as server:
        alice, bob = Person(server, "Alice"), Person(server, "Bob")
        sent = bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})
        talk = sent["conversation_id"]
        his = sign_in(bob).conversation(talk)
        his.until_said("Hello")

        server.kill_all()
        expect(his.part("connection")).to_contain_text("Connection lost")
        his.say("Written in the dark")
        his.page.reload()
        expect(his.message("Written in the dark")).to_be_visible()

        server.start()
        his.page.evaluate("dispatchEvent(new Event('online'))")  # as when the network is back
        eventually(lambda: stored(alice, talk) == ["Hello", "Written in the dark"])
        his.until_said("Hello", "Written in the dark")
        expect(his.message("Written in the dark").locator("[data-testid=sent]")).to_be_visible()
        # A request that was under way when the server was killed.
        his.excuse("ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")


def test_a_token_that_ends_disturbs_nobody(
    site: StaticSite, tmp_path_factory: pytest.TempPathFactory, sign_in: Open
) -> None:
    folder = tmp_path_factory.mktemp("expiry")
    settings = {"RATELIMIT_ENABLED": "false", "CORS_ORIGINS": site.url}
    with Server(folder, JWT_ACCESS_TOKEN_EXPIRES="5", **settings) as server:
        alice, bob = Person(server, "Alice"), Person(server, "Bob")
        sent = bob.post("/messages", {"recipient_id": alice.id, "text": "0"})
        talk = sent["conversation_id"]
        his = sign_in(bob).conversation(talk)
        sockets, said = his.sockets, ["0"]
        first = his.tokens()["access_token"]
        while his.renewals < 2:
            said.append(str(len(said)))
            his.say(said[-1])
            expect(his.message(said[-1]).locator("[data-testid=sent]")).to_be_visible()
            his.page.wait_for_timeout(250)  # a person's pace: tokens end while messages are sent
        assert his.tokens()["access_token"] != first
        assert his.texts() == said
        assert his.sockets == sockets  # renewed on the connection that was there
        assert stored(_with(his, bob), talk) == said

        # Signed out elsewhere, it stops and says so.
        _with(his, bob).post("/auth/logout")
        expect(his.part("problem")).to_have_text("Your session has ended. Sign in again.")
        his.sign_in(bob).conversation(talk).until_said(*said)
        his.forgive("token_revoked", "The session has ended")


def test_a_refused_message_says_why_and_waits_for_a_decision(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    his = sign_in(bob, "fr-FR").conversation(talk)
    his.say("Bonjour ?")
    expect(his.message("Bonjour ?").locator("[data-testid=sent]")).to_be_visible()
    alice.call("PUT", f"/users/{bob.id}/block").raise_for_status()
    his.say("Toujours là ?")
    refused = his.message("Toujours là ?")
    expect(refused).to_contain_text("Vous ne pouvez plus échanger de messages.")
    alice.delete(f"/users/{bob.id}/block")
    refused.locator("[data-testid=retry]").click()
    expect(refused.locator("[data-testid=sent]")).to_be_visible()
    assert stored(bob, talk)[-1] == "Toujours là ?"
    his.forgive("A message was refused")


def test_older_messages_come_in_without_moving_what_is_read(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    for number in range(120):
        alice.post(f"/conversations/{talk}/messages", {"text": f"message {number}"})
    his = sign_in(bob).conversation(talk)
    his.until_said("message 118", "message 119")
    assert len(his.texts()) == 50
    first = his.message("message 71")
    first.scroll_into_view_if_needed()
    expect(his.part("messages").locator("[data-testid=text]")).not_to_have_count(50)
    expect(first).to_be_in_viewport()
    expect(his.page.get_by_role("log").get_by_role("progressbar")).to_have_count(0)
    where = first.bounding_box()
    alice.post(f"/conversations/{talk}/messages", {"text": "message 120"})
    expect(his.message("message 120")).to_be_attached()
    assert first.bounding_box() == where
    for _ in range(3):
        his.part("messages").locator("[data-testid=text]").first.scroll_into_view_if_needed()
    expect(his.part("messages").locator("[data-testid=text]")).to_have_count(122)
    assert his.texts() == ["Is it still for sale?", *(f"message {n}" for n in range(121))]


def test_signing_out_leaves_nothing_behind(
    alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    his = sign_in(bob)
    his.part(f"conversation-{talk}").wait_for()
    his.open("/account")
    expect(his.page.get_by_text(bob.email)).to_be_visible()
    his.part("sign-out").click()
    his.part("email").wait_for()
    assert his.part("problem").count() == 0
    assert his.page.evaluate("() => localStorage.length") == 0
    his.page.go_back()
    his.part("email").wait_for()
    his.sign_in(Person(bob.server, "Charlie"))
    expect(his.page.get_by_text("No conversations yet")).to_be_visible()


@pytest.mark.parametrize(("width", "beside"), [(390, 0), (1280, 1)])
def test_a_telephone_and_a_wide_window_have_room(
    width: int, beside: int, alice: Person, bob: Person, talk: int, sign_in: Open
) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 6
    alice.post(f"/conversations/{talk}/messages", {"text": long})
    his = sign_in(bob, viewport={"width": width, "height": 800}).conversation(talk)
    his.until_said(long)
    expect(his.part("composer")).to_be_in_viewport(ratio=1)
    # The list stays beside the conversation where there is room for both.
    expect(his.part(f"conversation-{talk}")).to_have_count(beside)
    for path in (f"/conversation/{talk}", "/messages", "/", "/account"):
        his.open(path)
        expect(his.page.get_by_role("heading", level=1).filter(visible=True).first).to_be_visible()
        assert his.page.evaluate(_TOO_WIDE) == []


def test_strangers_are_asked_to_sign_in(bob: Person, chromium: Browser, site: StaticSite) -> None:
    site.replace = {ANY_SERVER: bob.server.url.encode()}
    app = App(chromium.new_context(locale="fr-FR"), site.url)
    app.open("/conversation/1")
    app.page.wait_for_url("**/sign-in")
    app.sign_in(bob, "not the password")
    expect(app.part("problem")).to_have_text("Adresse e-mail ou mot de passe incorrect.")
    app.context.close()


def _participants(person: Person, conversation_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def read() -> bool:
        found[:] = person.get(f"/conversations/{conversation_id}")["participants"]
        return all(p["last_read_seq"] for p in found if p["user"]["id"] != person.id)

    eventually(read)
    return found


def _with(app: App, person: Person) -> Person:
    """Somebody's REST client with the tokens that their application has now."""
    person.keep(app.tokens())
    return person
