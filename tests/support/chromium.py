"""The Chromium that all tests of a process share, because Playwright allows only one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.support.patience import PATIENCE_MS

_HEADLESS = ("chromium-headless-shell", "chrome-headless-shell")  # without a window's parts
_WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Parts of the window that are pages themselves: invisible here, and a third of the CPU time.
_UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Chromium uses only the last such option, so Playwright's own list is repeated here.
_PLAYWRIGHTS = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
_QUIET = (
    f"--disable-features={','.join((*_PLAYWRIGHTS, *_UNSEEN))}",
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
    """Yields the shared Chromium, in which each person gets their own browser context."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(kind: BrowserType, *arguments: str) -> Browser:
    """Another Chromium of the same Playwright (``chromium.browser_type``), told more than the usual."""
    return kind.launch(executable_path=_path(), args=[*_QUIET, *arguments], timeout=PATIENCE_MS)


def _path() -> str:
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, (*_HEADLESS, *_WHOLE))), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("there is no Chromium here")
    if found is None:
        pytest.skip("there is no Chromium here")
    return found
