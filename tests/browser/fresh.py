"""Pages that are compared with a fresh load of themselves, and how a test waits for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Route, TimeoutError

from tests.browser.tab import Tab

# Sorted: a row of the script's has the same attributes as the server's, in another order.
_SHOWN = """() => [document.querySelector("main").innerText,
  [...document.querySelectorAll("main [data-revision]")].map((row) => Object.entries(row.dataset).sort()),
  [...document.querySelectorAll("main :is(a[href], form[action])")].filter((each) => each.checkVisibility())
    .map((each) => each.getAttribute("href") ?? each.getAttribute("action"))]"""
_WORDS = "([selector, words]) => document.querySelector(selector).innerText.replaceAll('\\n', ' ').includes(words)"


def text(tab: Tab, selector: str) -> str:
    """The text that an element shows."""
    found: str = tab.page.locator(selector).inner_text()
    return found


def press(tab: Tab, selector: str) -> None:
    """Click what leads to another page."""
    with tab.page.expect_navigation():
        tab.page.click(selector)


def until_says(tab: Tab, words: str, selector: str = "main") -> None:
    """Wait for words in an element."""
    tab.until(_WORDS, [selector, words])


def until_pending(tab: Tab, count: str) -> None:
    """The number beside "Requests" in the navigation; ``""`` for none."""
    badge = "document.querySelector('[data-part=pending-requests]')"
    tab.until(f"(count) => ({badge}.hidden ? '' : {badge}.textContent) === count", count)


def assert_as_fresh(*tabs: Tab) -> None:
    """A fresh load of each address shows the same."""
    for tab in tabs:
        fresh = Tab(tab.context, tab.base).open(tab.page.url.removeprefix(tab.base))
        shown = fresh.page.evaluate(_SHOWN)
        with suppress(TimeoutError):
            tab.until(f"(fresh) => JSON.stringify(({_SHOWN})()) === JSON.stringify(fresh)", shown)
        assert tab.page.evaluate(_SHOWN) == shown
        fresh.page.close()


def replayed_from(cursor: int) -> Callable[[Route], None]:
    """A route that serves a page as if its cursor were an older one."""

    def older(route: Route) -> None:
        answer = route.fetch()
        page = re.sub(r'"cursor": ?\d+', f'"cursor": {cursor}', answer.text())
        assert f'"cursor": {cursor}' in page
        route.fulfill(response=answer, body=page)

    return older
