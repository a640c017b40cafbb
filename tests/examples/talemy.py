"""Talemy as its users have it: `next start`, and tabs of a Chromium that finds the test's server."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    WebSocket,
)

from tests.support.chromium import launch
from tests.support.patience import PATIENCE_MS, PATIENCE_SECONDS
from tests.support.people import PASSWORD, Person
from tests.support.server import Server, free_port
from tests.support.witness import watched

# What the browser says of a cut network, and the client of a connection that is lost.
_EXPECTED = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "WebSocket connection to",
    "The connection is lost",
    "(server_restarting)",
)
_ROWS = """() => [...document.querySelectorAll("ol > li[data-message-id]")].map((row) => ({
  text: row.querySelector("[data-part=text]")?.textContent ?? null, state: row.dataset.state,
  seq: row.dataset.seq === undefined ? null : Number(row.dataset.seq),
}))"""


class NextServer:
    """`next start` on a port of its own; the pages were built for ``http://palabre.invalid``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, log: Path) -> NextServer:
        """Start, and return when it renders pages."""
        node = shutil.which("node") or pytest.fail("Next.js needs a node on the path")
        program = self.folder / "node_modules" / "next" / "dist" / "bin" / "next"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [node, str(program), "start", "-H", "127.0.0.1", "-p", str(self.port)],
                cwd=self.folder,
                env={**os.environ, "NEXT_TELEMETRY_DISABLED": "1"},
                stdout=out,
                stderr=out,
            )
        self._wait(log)
        return self

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE_SECONDS)

    def _wait(self, log: Path) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if requests.get(f"{self.url}/sign-in", timeout=PATIENCE_SECONDS).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)  # polling, with a deadline
        raise AssertionError(f"Next.js did not become ready:\n{log.read_text()}")


def browser_that_finds(server: Server, chromium: Browser) -> Browser:
    """A Chromium in which ``palabre.invalid`` is the test's server: the built pages stay as they are."""
    place = urlsplit(server.url).netloc
    return launch(chromium.browser_type, f"--host-resolver-rules=MAP palabre.invalid {place}")


class TalemyTab:
    """One tab with Talemy in it."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.page: Page = watched(context.new_page())
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.sockets: list[WebSocket] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("websocket", lambda socket: self.sockets.append(socket))

    def sign_in(self, person: Person) -> TalemyTab:
        """Through the form, until the socket is up."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.fill("#email", person.email)
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        return self.until_online()

    def open(self, path: str) -> TalemyTab:
        """Load a page anew."""
        self.page.goto(self.base + path)
        return self.until_online()

    def section(self, path: str) -> TalemyTab:
        """Go there as a reader does, by the link that stays on top."""
        self.page.click(f"nav a[href='{path}']")
        self.page.wait_for_url(self.base + path)
        return self

    def conversation(self, conversation_id: int) -> TalemyTab:
        """Choose one in the list."""
        self.page.click(f"li[data-conversation-id='{conversation_id}'] a")
        self.page.wait_for_selector(f"section[data-conversation-id='{conversation_id}'] textarea")
        return self

    def until_online(self, online: bool = True) -> TalemyTab:
        """Until the page says that it is connected, or that it is not."""
        self.page.wait_for_selector(f"[data-connected={str(online).lower()}]")
        return self

    def say(self, text: str) -> None:
        """Write a message and press Enter."""
        self.page.fill("textarea", text)
        self.page.press("textarea", "Enter")

    def rows(self) -> list[dict[str, Any]]:
        """The messages shown, those on their way included."""
        rows: list[dict[str, Any]] = self.page.evaluate(_ROWS)
        return rows

    def texts(self) -> list[str | None]:
        """What stands in them; None for a deleted one."""
        return [row["text"] for row in self.rows()]

    def until_texts(self, texts: list[str | None]) -> None:
        """Until exactly these messages are shown, all of them stored."""
        test = f"(texts) => JSON.stringify(({_ROWS})().map((row) => [row.text, row.state])) === JSON.stringify(texts)"
        wanted = [[text, "sent"] for text in texts]
        self.page.wait_for_function(test, arg=wanted)

    def choose(self, text: str, action: str) -> None:
        """Open the menu of a message and click what it offers."""
        row = self.page.locator("ol > li", has=self.page.get_by_text(text, exact=True))
        row.hover()
        row.locator("summary").click()
        row.get_by_role("button", name=action).click()

    def in_list(self, conversation_id: int) -> Locator:
        """The row of a conversation in the list."""
        return self.page.locator(f"li[data-conversation-id='{conversation_id}']")

    def excuse(self, *words: str) -> None:
        """Leave out complaints that a test may have provoked; whether it did is a matter of moments."""
        self.complaints = [t for t in self.complaints if not any(word in t for word in words)]

    def close(self) -> None:
        """Leave, with nothing to complain of."""
        self.context.close()
        assert not self.complaints, self.complaints

    def _console(self, message: ConsoleMessage) -> None:
        serious = message.type in ("error", "warning")
        if serious and not any(words in message.text for words in _EXPECTED):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}".rstrip())
