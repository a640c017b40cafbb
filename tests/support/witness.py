"""Evidence for a failed test: tails of the servers' logs, consoles and pictures of the open pages."""

from __future__ import annotations

import re
from collections import deque
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Page

from tests.support.server import ROOT, Server

PICTURES = ROOT / ".pytest_cache" / "failures"
_LINES = 40
_SNAPSHOT_MS = 10_000
_consoles: dict[Page, deque[str]] = {}

Section = tuple[str, str]


def watched(page: Page) -> Page:
    """The same page, whose console is kept until it closes."""
    lines = _consoles[page] = deque(maxlen=_LINES)
    page.on("console", lambda message: lines.append(_console_line(message)))
    page.on("pageerror", lambda error: lines.append(f"uncaught: {error}"))
    page.on(
        "requestfailed", lambda request: lines.append(f"failed: {request.url} {request.failure}")
    )
    page.on("close", lambda _: _consoles.pop(page, None))
    return page


def evidence(test: str, *, pictures: bool = True) -> list[Section]:
    """Titled texts for a report: one section per running server and open page."""
    sections = [(f"log of {server.url}", _tail(server)) for server in Server.started]
    for number, (page, lines) in enumerate(_consoles.items(), 1):
        said = list(lines)
        if pictures:
            said.append(_take(page, PICTURES / f"{_file_name(test)}-{number}.png"))
        sections.append((f"page {page.url}", "\n".join(said)))
    return sections


def _tail(server: Server) -> str:
    log = server.log() if server.log_path.exists() else ""
    return "\n".join(log.splitlines()[-_LINES:])


def _take(page: Page, picture: Path) -> str:
    try:
        page.screenshot(path=picture, timeout=_SNAPSHOT_MS)
    except Error as error:  # a page that hangs may be the very failure
        return f"no picture: {error.message}"
    return f"picture: {picture}"


def _console_line(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text}"


def _file_name(test: str) -> str:
    return re.sub(r"[^\w.-]+", "-", test).strip("-")[-150:]
