"""People with browsers that run no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.people import PASSWORD, Person
from tests.support.server import Server
from tests.web.browser import Browser


@pytest.fixture
def browse(server: Server) -> Iterator[Callable[..., Browser]]:
    """A new browser, signed in as a person if one is given."""
    opened: list[Browser] = []

    def _open(person: Person | None = None, language: str = "en") -> Browser:
        browser = Browser(server.url, language)
        opened.append(browser)
        if person is not None:
            browser.sign_in(person.email, PASSWORD)
            assert browser.page.one("body").attributes["data-user-id"] == str(person.id)
        return browser

    yield _open
    for browser in opened:
        browser.http.close()
