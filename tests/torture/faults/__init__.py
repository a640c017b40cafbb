"""Faults, each with a function ``run(options) -> Result``: a module, or ``fault.py`` in a folder.

A new fault is one of the two and its name in ``NAMES``. It starts its own server in
``options.folder``, breaks something while clients talk, and counts every application of a rule in
``result.report`` (:class:`~tests.torture.checker.Report`). A fault asserts no promise: a rule that
does not hold becomes a line of the table.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.checker import Report

# In the order in which a full run goes through them.
NAMES: tuple[str, ...] = (
    "checker",
    "kill",
    "deploy",
    "pause",
    "network",
    "slow",
    "outbox",
    "acks",
    "clock",
    "revoke",
    "power",
    "disk",
    "restore",
    "churn",
    "soak",
)

Say = Callable[[str], None]


def say(sentence: str) -> None:
    """Progress, for people who watch."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Options:
    """Options of a run; the same seed makes the same decisions, though not the same timing."""

    folder: Path  # empty, this fault's own: database, log, histories
    seed: int = 1
    quick: bool = False  # the version of the default test run: a few seconds
    application: str = "wsgi:app"  # or a planted bug
    minutes: float | None = None  # how long to go on, where that is a choice
    say: Say = say

    def bound(self, seconds: float) -> float:
        """The bound of a promised time: five times as long in the default test run, which shares
        the machine.
        """
        return seconds * 5 if self.quick else seconds


@dataclass
class Result:
    """The result of a fault."""

    fault: str  # its name in NAMES
    amount: str  # how much was done: "100 kills under 50 clients, 41,200 messages"
    report: Report = field(default_factory=Report)  # rule → how often applied, what was wrong
    figures: dict[str, str] = field(default_factory=dict)  # "ready again" → "worst 1.4 s (≤ 3 s)"
    skipped: str = ""  # why it cannot be tried on this machine; then there is no verdict
    seconds: float = 0.0  # filled in by whoever ran it

    @property
    def passed(self) -> bool:
        """Whether it was tried and everything held."""
        return not self.skipped and self.report.clean


def run(name: str, options: Options) -> Result:
    """Run one fault by its name."""
    module = importlib.import_module(f"tests.torture.faults.{name}")
    if hasattr(module, "__path__"):  # a folder; a server that imports one part needs no other
        module = importlib.import_module(f"{module.__name__}.fault")
    result: Result = module.run(options)
    return result
