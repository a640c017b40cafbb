"""The marketplace application in a tab: what somebody does with it, and what they see then."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

from tests.support.patience import PATIENCE_MS
from tests.support.people import PASSWORD, Person, eventually
from tests.support.witness import watched

# What a browser says of a network that a test has cut, and the client of what it does about that.
_EXPECTED = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "ERR_NETWORK_CHANGED",
    "WebSocket connection to",
    "The connection is lost",
    "status of 401",
)


class App:
    """One tab of somebody's browser with the application in it."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.page: Page = watched(context.new_page())
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.sockets = 0
        self.renewals = 0
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("websocket", lambda _: self._opened())
        self.page.on("response", lambda answer: self._answered(answer.url, answer.status))

    def part(self, name: str) -> Locator:
        """A part of the screen that is in front; others wait behind it."""
        return self.page.locator(f"[data-testid={name}]").filter(visible=True)

    def sign_in(self, person: Person, password: str = PASSWORD) -> App:
        """Through the form, which leads to the list of conversations."""
        self.page.goto(self.base)
        self.page.fill("[data-testid=email]", person.email)
        self.page.fill("[data-testid=password]", password)
        self.page.click("[data-testid=submit]")
        return self

    def open(self, path: str) -> App:
        """Load an address anew."""
        self.page.goto(self.base + path)
        return self

    def conversation(self, conversation_id: int) -> App:
        """Choose one in the list of the screen that is shown."""
        self.part(f"conversation-{conversation_id}").click()
        self.part("composer").wait_for()
        return self

    def say(self, text: str) -> None:
        """Write a message and press Enter."""
        self.part("composer").fill(text)
        self.part("composer").press("Enter")

    def message(self, text: str) -> Locator:
        """The bubble, and what belongs to it, of a message with this text."""
        words = self.page.locator("[data-testid=text]").filter(has_text=text)
        return self.part("message").filter(has=words).last

    def choose(self, text: str, action: str) -> None:
        """Open the menu of a message and click what it offers; wait until a reply or an edit can be written."""
        self.message(text).hover()
        self.message(text).locator("[data-testid=actions]").click()
        self.page.click(f"[data-testid={action}]")
        if action in ("reply", "edit"):
            self.part("about").wait_for()

    def texts(self) -> list[str]:
        """What the conversation in front shows, oldest first, messages on their way included."""
        return self.part("messages").locator("[data-testid=text]").all_inner_texts()

    def until_said(self, *texts: str) -> None:
        """Wait until the conversation ends with exactly these."""
        eventually(lambda: self.texts()[-len(texts) :] == list(texts))

    def tokens(self) -> dict[str, Any]:
        """What the application has kept of its sign-in."""
        stored: dict[str, Any] = json.loads(
            self.page.evaluate("() => localStorage.getItem('palabre.tokens')")
        )
        return stored

    def forgive(self, *words: str) -> None:
        """Leave out complaints that a test has provoked."""
        assert all(any(word in text for text in self.complaints) for word in words)
        self.excuse(*words)

    def excuse(self, *words: str) -> None:
        """Leave out complaints that a test may have provoked; whether it did is a matter of moments."""
        self.complaints = [t for t in self.complaints if not any(word in t for word in words)]

    def _opened(self) -> None:
        self.sockets += 1

    def _answered(self, url: str, status: int) -> None:
        self.renewals += url.endswith("/auth/refresh") and status == 200

    def _console(self, message: ConsoleMessage) -> None:
        expected = any(words in message.text for words in _EXPECTED)
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(message.text)
