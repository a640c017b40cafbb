"""The output of the scripts: a short line for each step, a sentence for an error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LINES_OF_AN_END = 15


class Stop(Exception):
    """A script cannot continue; the message says what to do."""


def step(text: str) -> None:
    """Prints a line about the step that begins."""
    print(f"· {text}", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    failing: str,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> None:
    """Runs a program without output. Raises `Stop` with its output and `failing` if it fails."""
    succeeded, said = heard(command, cwd=cwd, env=env)
    if not succeeded:
        raise Stop("\n".join([*_excerpt(said.strip().splitlines()), failing]))


def heard(
    command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> tuple[bool, str]:
    """Runs a program; returns whether it succeeded, and its output and errors."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout


def _excerpt(lines: list[str]) -> list[str]:
    """Both ends of a long output: some tools print the error first, others last."""
    if len(lines) > 2 * _LINES_OF_AN_END:
        lines = [*lines[:_LINES_OF_AN_END], "…", *lines[-_LINES_OF_AN_END:]]
    return [f"    {line}" for line in lines]


def main(script: Callable[[Sequence[str]], int | None]) -> None:
    """Runs `script` with the command line's arguments; a `Stop` is printed, with exit code 1."""
    try:
        sys.exit(script(sys.argv[1:]) or 0)
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
