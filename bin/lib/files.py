"""The files of the repository: committed ones, and those that `git add` would include."""

from __future__ import annotations

import subprocess
from pathlib import Path

from say import ROOT

_READABLE_BYTES = 2_000_000


def listed(root: Path = ROOT) -> list[str]:
    """Paths relative to `root` of the files that git knows and those it does not ignore."""
    # git refuses a clone of another user, which a mounted folder or a build server's checkout often is.
    git = ["git", "-c", f"safe.directory={root}"]
    listing = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listing, cwd=root, capture_output=True, check=True).stdout
    return [name for name in output.decode().split("\0") if name and (root / name).is_file()]


def text(file: str, root: Path = ROOT) -> str:
    """Returns the text of a file; empty if it is too large to have been written by hand."""
    path = root / file
    return path.read_text(errors="replace") if path.stat().st_size < _READABLE_BYTES else ""
