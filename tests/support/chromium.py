"""The one Chromium that all tests of a process share; Playwright allows no second."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all; each person gets a profile of their own in it."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(kind: BrowserType, *arguments: str) -> Browser:
    """Another Chromium of the same Playwright (``chromium.browser_type``), told more than the usual."""
    return kind.launch(executable_path=_path(), args=[*_QUIET, *arguments])


def _path() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("there is no Chromium here")
    if found is None:
        pytest.skip("there is no Chromium here")
    return found
