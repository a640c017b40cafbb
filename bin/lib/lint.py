"""What `bin/lint` checks; every check runs, whatever the others find."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

import pages
from say import ROOT, Stop, main, step

# Written in pieces, so that this file passes its own check. Whoever installs has an index of
# their own; ours, with whatever credentials an address may carry, is nobody's business.
_FORBIDDEN = {
    "a package registry's address": r"pypi\.(?:org)|pythonhosted\.(?:org)|registry\.(?:npmjs|yarnpkg)\.",
    "an index option": r"(?m)^\s*--(?:extra-)?(?:index|find)-(?:url|links)\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "somebody's home folder": r"(?<![\w.])/(?:home|Users)/[a-z]\w*/",
    "a merge that was not finished": r"(?m)^(?:<{7}|>{7}) ",
}
_READABLE_BYTES = 2_000_000


def lint(_: Sequence[str]) -> int:
    """Run every check; 1 when one of them found something."""
    checks: dict[str, Callable[[], bool]] = {
        "ruff check": lambda: _module("ruff", "check", "--quiet", "."),
        "ruff format": lambda: _module("ruff", "format", "--check", "--quiet", "."),
        "mypy --strict": lambda: _module("mypy"),
        "tsc": _tsc,
        "shell scripts": _shell_scripts_parse,
        "nothing forbidden": _nothing_forbidden,
    }
    failed = []
    for name, check in checks.items():
        step(name)
        if not _passes(check):
            failed.append(name)
    print(f"\n  {'FAILED: ' + ', '.join(failed) if failed else 'All checks passed.'}")
    return 1 if failed else 0


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Stop as stop:
        print(stop)
        return False


def _module(*command: str) -> bool:
    return subprocess.call([sys.executable, "-m", *command], cwd=ROOT) == 0


def _tsc() -> bool:
    return pages.ready_node().npm_aloud("run", "--silent", "check") == 0


def _shell_scripts_parse() -> bool:
    scripts = [file for file in _files() if _text(file).startswith("#!/usr/bin/env bash")]
    bash = shutil.which("bash") or "bash"
    return max((subprocess.call([bash, "-n", file], cwd=ROOT) for file in scripts), default=0) == 0


def _nothing_forbidden() -> bool:
    found = [
        f"{file}: {what}"
        for file in _files()
        for what, pattern in _FORBIDDEN.items()
        if re.search(pattern, _text(file))
    ]
    print("".join(f"{line}\n" for line in found), end="")
    return not found


def _files() -> list[str]:
    """What is committed, or would be by the next `git add`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in output.decode().split("\0") if name and (ROOT / name).is_file()]


def _text(file: str) -> str:
    path = ROOT / file
    return path.read_text(errors="replace") if path.stat().st_size < _READABLE_BYTES else ""


if __name__ == "__main__":
    main(lint)
