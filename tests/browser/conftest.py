"""People with real browsers: script on, several tabs each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.tab import Tab
from tests.support.people import Person

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Open = Callable[..., Tab]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all; each person gets a profile of their own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_path(), args=list(_QUIET))
        yield browser
        browser.close()


@pytest.fixture
def sign_in(chromium: Browser) -> Iterator[Open]:
    """A first tab for a person, signed in; ``Tab(tab.context, tab.base)`` opens another."""
    opened: list[Tab] = []

    def _open(person: Person, language: str = "en-US", **options: object) -> Tab:
        context = chromium.new_context(locale=language, **options)  # type: ignore[arg-type]
        tab = Tab(context, person.server.url)
        opened.append(tab)
        return tab.sign_in(person)

    yield _open
    complaints = [complaint for tab in opened for complaint in tab.complaints]
    for tab in opened:
        tab.context.close()
    assert complaints == []  # a blocked script or style says so on the console


def _path() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("there is no Chromium here")
    if found is None:
        pytest.skip("there is no Chromium here")
    return found
