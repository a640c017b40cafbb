"""A browser tab with script: what its reader does, and what they then see."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.support.patience import PATIENCE_MS
from tests.support.people import PASSWORD, Person
from tests.support.witness import watched

# What a browser says by itself when a test cuts the network, or a token has run out.
NETWORK_WORDS = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_NETWORK_CHANGED",
    "ERR_CONNECTION_REFUSED",
    "WebSocket connection to",
    "status of 401",
)

_ROWS = """() => [...document.querySelectorAll("#message-list > li:not([data-part=unread-line])")].map((row) => ({
  day: row.dataset.day, id: row.dataset.messageId, seq: row.dataset.seq, revision: row.dataset.revision,
  state: row.dataset.state, own: row.dataset.own, read: row.dataset.read, continued: row.dataset.continued,
  text: row.querySelector("[data-part=text]")?.textContent,
  time: row.querySelector("time")?.textContent,
  edited: row.querySelector("[data-part=edited]")?.hidden === false,
  reply: row.querySelector("[data-part=reply]:not([hidden])")?.textContent.trim(),
}))"""
_INBOX = """() => [...document.querySelectorAll("#conversation-list > li")].map((row) => ({
  id: row.dataset.conversationId, kind: row.dataset.kind, status: row.dataset.status, muted: row.dataset.muted,
  unread: row.dataset.unread, badge: row.querySelector("[data-part=unread]").hidden,
  title: row.querySelector("[data-part=title]").textContent,
  person: row.querySelector("[data-part=person]").textContent,
  excerpt: row.querySelector("[data-part=excerpt]").textContent,
}))"""
# Kept by each document for itself: what a page before this one opened, even late, is not counted.
_NOTE_SOCKETS = """{
  const opened = (window.openedSockets = []);
  window.WebSocket = class extends WebSocket {
    constructor(...given) { super(...given); opened.push(this); }
  };
}"""
_CONNECTIONS = """() => openedSockets.length
  + performance.getEntriesByType("resource").filter(({ name }) => name.includes("/socket.io/")).length"""
_TEXTS = "() => [...document.querySelectorAll('#message-list li[data-message-id] [data-part=text]')].map((text) => text.textContent)"


class Tab:
    """One tab of somebody's browser."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.page: Page = watched(context.new_page())
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.add_init_script(_NOTE_SOCKETS)
        self.complaints: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, person: Person) -> Tab:
        """Sign in through the page; the other tabs of this browser are signed in as well."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.fill("input[name=email]", person.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_function("() => document.body?.dataset.userId")
        return self

    def open(self, path: str) -> Tab:
        """Go to a page, and wait until it is connected and knows everything."""
        self.page.goto(self.base + path)
        self.until("() => document.documentElement?.dataset.live === 'true'")
        return self

    def conversation(self, conversation_id: int) -> Tab:
        """Open a conversation."""
        return self.open(f"/conversations/{conversation_id}")

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait until a function of the page says yes."""
        self.page.wait_for_function(condition, arg=argument)

    def say(self, text: str) -> None:
        """Write a message and press Enter."""
        self.page.fill("#composer textarea", text)
        self.page.press("#composer textarea", "Enter")

    def until_said(self, text: str) -> None:
        """Wait until a stored message with this text is shown."""
        self.until(f"(text) => ({_TEXTS})().includes(text)", text)

    def until_titled(self, prefix: str) -> None:
        """Wait until the page's title begins like this; ``""`` for no number of unread messages."""
        test = "(prefix) => prefix ? document.title.startsWith(prefix) : !document.title.startsWith('(')"
        self.until(test, prefix)

    def until_count(self, selector: str, count: int) -> None:
        """Wait until so many elements are in the page."""
        test = "([selector, count]) => document.querySelectorAll(selector).length === count"
        self.until(test, [selector, count])

    def connections(self) -> int:
        """How often the page that is shown now has connected since it was opened, by WebSocket or without."""
        opened: int = self.page.evaluate(_CONNECTIONS)
        return opened

    def texts(self) -> list[str]:
        """The messages shown, those on their way left out."""
        texts: list[str] = self.page.evaluate(_TEXTS)
        return texts

    def choose(self, row: str, intent: str) -> None:
        """Open the menu of a message and click what it offers."""
        found = self.page.locator(f"#message-list > {row}").last
        found.hover()
        found.locator("summary").click()
        found.locator(f"[data-action={intent}]").click()

    def shows(self) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
        """Everything a reader sees of their conversations."""
        return self.page.title(), self.page.evaluate(_ROWS), self.page.evaluate(_INBOX)

    def assert_as_fresh(self) -> None:
        """A fresh load of the same address shows the same."""
        fresh = Tab(self.context, self.base)
        try:
            fresh.open(self.page.url.removeprefix(self.base))
            assert self.shows() == fresh.shows()
        finally:
            fresh.page.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(
            w in message.text for w in NETWORK_WORDS
        ):
            self.complaints.append(message.text)
