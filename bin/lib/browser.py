"""The Chromium for the browser tests: an installed one, or one from apt."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from say import step

# Headless builds first: without a window, a page takes half the CPU time.
_HEADLESS = ("chromium-headless-shell", "chrome-headless-shell")
_NAMES = (*_HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium-headless-shell", "chromium")  # not every distribution has the former
_ON_A_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def ensure_chromium() -> str | None:
    """Returns the path of a Chromium, installing one if possible; None if there is none."""
    return _installed() or _from_apt()


def _installed() -> str | None:
    given = os.environ.get("CHROMIUM")
    if given:
        return shutil.which(given)
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    return next((path for path in _ON_A_MAC if Path(path).exists()), None)


def _from_apt() -> str | None:
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return None
    step("Installing Chromium (apt-get)")
    _run(apt, "update")
    for package in _PACKAGES:
        _run(apt, "install", "--yes", "--no-install-recommends", package)
        if found := _installed():
            return found
    return None


def _run(apt: str, *arguments: str) -> None:
    subprocess.run(
        # A machine that has just started may be installing its updates.
        [apt, "-qq", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
