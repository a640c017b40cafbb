"""The Chromium that the browser tests drive: an installed one, or one that apt brings."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from say import step

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ON_A_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def ensure_chromium() -> str | None:
    """The path of a Chromium, installed now if that is possible; None where none can be had."""
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
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(
            [apt, "-qq", *arguments],
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return _installed()
