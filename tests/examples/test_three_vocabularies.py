"""Three vocabularies, one truth: the marketplace on `/`, Talemy on `/talemy` and our own pages in one conversation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.tab import Tab
from tests.examples.conftest import Built
from tests.examples.marketplace import App
from tests.examples.static_site import StaticSite
from tests.examples.talemy import NextServer, TalemyTab, browser_that_finds
from tests.support.people import Person, eventually
from tests.support.server import Server

DELETED = "This message was deleted"


@dataclass
class Room:
    """A group of three, each in front of another application."""

    id: int
    alice: Person
    bob: Person
    teresa: Person
    pages: Tab  # Alice's
    marketplace: App  # Bob's
    talemy: TalemyTab  # Teresa's

    def tabs(self) -> dict[str, Tab | App | TalemyTab]:
        """The three applications by name."""
        return {"pages": self.pages, "marketplace": self.marketplace, "talemy": self.talemy}

    def truth(self) -> list[tuple[int, str | None]]:
        """What the server has."""
        page = self.alice.get(f"/conversations/{self.id}/messages", limit=100)
        return [(message["seq"], message["text"]) for message in page["items"]]

    def shown(self) -> list[list[str | None]]:
        """What each of the three shows, messages on their way included; None is a deleted one."""
        return [
            [None if row["state"] == "deleted" else row["text"] for row in self._pages_rows()],
            [None if text.startswith(DELETED) else text for text in self.marketplace.texts()],
            self.talemy.texts(),
        ]

    def until_equal(self, count: int) -> list[str | None]:
        """Wait until all three show the server's list, of so many messages; returns it."""
        with suppress(AssertionError):
            eventually(lambda: len(self.truth()) == count)
        truth = self.truth()
        assert len(truth) == count, [truth, self.shown()]
        assert [seq for seq, _ in truth] == list(range(1, count + 1))
        texts = [text for _, text in truth]
        with suppress(AssertionError):  # the last look tells more than that it did not become true
            eventually(lambda: self.shown() == [texts] * 3 and self._all_stored())
        assert dict(zip(self.tabs(), self.shown(), strict=True)) == dict.fromkeys(
            self.tabs(), texts
        )
        assert self._all_stored()
        return texts

    def _pages_rows(self) -> list[dict[str, Any]]:
        return [row for row in self.pages.shows()[1] if row.get("day") is None]

    def _all_stored(self) -> bool:
        rows = [*self.talemy.rows(), *self._pages_rows()]
        return {row["state"] for row in rows} <= {"sent", "deleted"}

    def edit(self, who: str, text: str) -> None:
        """Let somebody give their message another text: the same, and ``, edited``."""
        if who == "pages":
            self.pages.choose(self._row(text), "edit")
            self._fill_and_press(self.pages.page, ".message__edit textarea", f"{text}, edited")
        elif who == "marketplace":
            self.marketplace.choose(text, "edit")
            self.marketplace.part("composer").fill(f"{text}, edited")
            self.marketplace.part("send").click()
        else:
            self.talemy.choose(text, "Edit")
            self._fill_and_press(self.talemy.page, "textarea", f"{text}, edited")
        eventually(lambda: f"{text}, edited" in self.texts())

    def delete(self, who: str, text: str) -> None:
        """Let somebody delete their message for everyone."""
        if who == "pages":
            self.pages.choose(self._row(text), "delete")
            self.pages.page.click("#confirm-delete button[value=everyone]")
        elif who == "marketplace":
            self.marketplace.choose(text, "remove")
        else:
            self.talemy.choose(text, "Delete")
        eventually(lambda: text not in self.texts())

    def tell_talemy(self) -> None:
        """Let the half minute pass after which Talemy asks for what has no event on `/talemy`."""
        self.talemy.page.clock.fast_forward(31_000)

    def texts(self) -> list[str | None]:
        """The server's."""
        return [text for _, text in self.truth()]

    def _row(self, text: str) -> str:
        items = self.alice.get(f"/conversations/{self.id}/messages", limit=100)["items"]
        found = next(item["id"] for item in items if item["text"] == text)
        return f"li[data-message-id='{found}']"

    @staticmethod
    def _fill_and_press(page: Page, selector: str, text: str) -> None:
        page.fill(selector, text)
        page.press(selector, "Enter")


@dataclass
class House:
    """A Palabre, the two applications beside it, and a Chromium in which they find each other."""

    server: Server
    site: StaticSite
    next_server: NextServer
    browser: Browser


@pytest.fixture(scope="module")
def house(
    built: Built, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """All that runs while three people talk."""
    folder = tmp_path_factory.mktemp("three")
    with ExitStack() as stack:
        site = StaticSite(built("marketplace-expo") / "dist")
        stack.callback(site.close)
        next_server = NextServer(built("talemy-next"))
        stack.callback(next_server.stop)
        next_server.start(folder / "next.log")
        origins = f"{next_server.url},{site.url}"
        server = stack.enter_context(
            Server(folder, RATELIMIT_ENABLED="false", CORS_ORIGINS=origins)
        )
        browser = browser_that_finds(server, chromium)
        stack.callback(browser.close)
        yield House(server, site, next_server, browser)
        assert "Traceback" not in server.log(), server.log()


@pytest.fixture
def room(house: House) -> Iterator[Room]:
    """Alice in our pages, Bob in the marketplace, Teresa in Talemy; nothing said yet."""
    entered = _enter(house)
    yield entered
    for tab in entered.tabs().values():
        tab.context.close()
    assert {who: tab.complaints for who, tab in entered.tabs().items() if tab.complaints} == {}


def _enter(house: House) -> Room:
    server, browser = house.server, house.browser
    people = alice, bob, teresa = [Person(server, name) for name in ("Alice", "Bob", "Teresa")]
    group = {"title": "Three of us", "participant_ids": [bob.id, teresa.id]}
    talk: int = alice.post("/conversations", group)["id"]

    def context() -> BrowserContext:
        return browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})

    room = Room(
        talk,
        *people,
        Tab(context(), server.url).sign_in(alice).conversation(talk),
        App(context(), house.site.url).sign_in(bob).conversation(talk),
        TalemyTab(context(), house.next_server.url),
    )
    # Its clock can be moved on: what comes every thirty seconds comes when the test says.
    room.talemy.page.clock.install()
    room.talemy.sign_in(teresa).conversation(talk)
    return room


def test_whatever_three_people_write_edit_and_delete_all_see_the_same(room: Room) -> None:
    for number in ("1", "2", "3"):
        for who, tab in room.tabs().items():
            tab.say(f"{number} from {who}")
    said = room.until_equal(9)
    for who in room.tabs():
        own = [text for text in said if text and text.endswith(who)]
        assert own == [f"{number} from {who}" for number in ("1", "2", "3")]

    for who in room.tabs():
        room.edit(who, f"1 from {who}")
        room.delete(who, f"3 from {who}")
    room.tell_talemy()
    said = room.until_equal(9)
    assert said.count(None) == 3
    assert {f"1 from {who}, edited" for who in room.tabs()} <= set(said)


def test_whoever_was_away_comes_back_to_the_same_list(room: Room) -> None:
    for count, (who, away) in enumerate(room.tabs().items()):
        others = [name for name in room.tabs() if name != who]
        for name, tab in room.tabs().items():
            tab.say(f"{name}, before {who} is away")
            tab.say(f"{name} will regret it, says {who}")
        room.until_equal(count * 10 + 6)

        away.context.set_offline(True)
        away.page.wait_for_function("() => !navigator.onLine")
        away.say(f"{who}, away")
        away.say(f"{who}, still away")
        for name in others:
            room.tabs()[name].say(f"{name}, without {who}")
        room.edit(others[0], f"{others[0]}, before {who} is away")
        room.delete(others[1], f"{others[1]} will regret it, says {who}")
        assert f"{who}, away" not in room.texts()

        away.context.set_offline(False)
        room.tell_talemy()
        said = room.until_equal(count * 10 + 10)
        assert said[-2:] == [f"{who}, away", f"{who}, still away"]
