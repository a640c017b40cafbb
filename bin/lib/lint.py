"""Runs the checks of `bin/lint`: all of them, even after one has failed."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import files
import language
import pages
from say import Stop, heard, main, step

# Spelt in pieces, so that this file passes its own check. Registry addresses are forbidden because
# each installation has its own, and an address may contain credentials.
_FORBIDDEN = {
    "a package registry's address": r"pypi\.(?:org)|pythonhosted\.(?:org)|registry\.(?:npmjs|yarnpkg)\.",
    "an index option": r"(?m)^\s*--(?:extra-)?(?:index|find)-(?:url|links)\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "a path below a home folder": r"(?<![\w.])/(?:home|Users)/[a-z]\w*/",
    "a merge that was not finished": r"(?m)^(?:<{7}|>{7}) ",
}

Found = tuple[bool, str]  # whether a check passes, and its output


def lint(_: Sequence[str]) -> int:
    """Runs all checks, several at a time; returns 1 if one of them has failed."""
    checks: dict[str, Callable[[], Found]] = {
        "mypy --strict": lambda: _module("mypy"),  # first, because it takes longest
        "tsc": lambda: pages.ready_node().npm_heard("run", "--silent", "check"),
        "ruff check": lambda: _module("ruff", "check", "--quiet", "."),
        "ruff format": lambda: _module("ruff", "format", "--check", "--quiet", "."),
        "shell scripts": _shell_scripts_parse,
        "nothing forbidden": _nothing_forbidden,
        "language": language.check,
    }
    failed = []
    with ThreadPoolExecutor() as pool:
        running = {name: pool.submit(_found, check) for name, check in checks.items()}
        for name, outcome in running.items():
            step(name)
            passed, said = outcome.result()
            print(said, end="", flush=True)
            if not passed:
                failed.append(name)
    print(f"\n  {'FAILED: ' + ', '.join(failed) if failed else 'All checks passed.'}")
    return 1 if failed else 0


def _found(check: Callable[[], Found]) -> Found:
    try:
        return check()
    except Stop as stop:
        return False, f"{stop}\n"


def _module(*command: str) -> Found:
    return heard([sys.executable, "-m", *command])


def _shell_scripts_parse() -> Found:
    scripts = [
        file for file in files.listed() if files.text(file).startswith("#!/usr/bin/env bash")
    ]
    bash = shutil.which("bash") or "bash"
    results = [heard([bash, "-n", file]) for file in scripts]
    return all(passed for passed, _ in results), "".join(said for _, said in results)


def _nothing_forbidden() -> Found:
    found = [
        f"{file}: {what}\n"
        for file in files.listed()
        for what, pattern in _FORBIDDEN.items()
        if re.search(pattern, files.text(file))
    ]
    return not found, "".join(found)


if __name__ == "__main__":
    main(lint)
