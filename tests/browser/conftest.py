"""People with real browsers: script on, several tabs each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.tab import Tab
from tests.support.people import Person

Open = Callable[..., Tab]


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
