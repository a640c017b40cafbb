"""What a run came to, for people, for documents and for programs."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.torture.faults import NAMES, Result

BEGIN, END = "<!-- torture: begin -->", "<!-- torture: end -->"


@dataclass(frozen=True)
class Line:
    """One fault's line."""

    fault: str
    amount: str
    checked: int  # how often a rule was applied
    rules: int  # how many different ones
    violations: dict[str, list[str]]
    figures: dict[str, str]
    skipped: str
    seconds: float
    seed: int
    date: str
    quick: bool = False

    @classmethod
    def of(cls, result: Result, seed: int, date: str, quick: bool) -> Line:
        """A result as it is kept."""
        report = result.report
        return cls(
            result.fault,
            result.amount,
            sum(report.checked.values()),
            len(report.checked),
            {rule: sentences[:5] for rule, sentences in report.violations.items()},
            result.figures,
            result.skipped,
            round(result.seconds, 1),
            seed,
            date,
            quick,
        )

    @property
    def verdict(self) -> str:
        """In a word or two."""
        if self.skipped:
            return f"not tried: {self.skipped}"
        return f"**fails**: {'; '.join(self.violations)}" if self.violations else "holds"


def keep(line: Line, folder: Path) -> None:
    """Write a line as JSON, in place of an earlier one of the same fault."""
    text = json.dumps(asdict(line), indent=2, ensure_ascii=False)
    (folder / f"{line.fault}.json").write_text(text + "\n")


def kept(folder: Path) -> list[Line]:
    """Every line that was kept, in the order of a full run."""
    lines = [Line(**json.loads(path.read_text())) for path in folder.glob("*.json")]
    return sorted(lines, key=lambda line: NAMES.index(line.fault))


def as_markdown(lines: Sequence[Line]) -> str:
    """The table for docs/guarantees.md."""
    python = ".".join(map(str, sys.version_info[:3]))
    seeds = ", ".join(sorted({str(line.seed) for line in lines}))
    dates = ", ".join(sorted({line.date for line in lines}))
    minutes = sum(line.seconds for line in lines) / 60
    where = f"{os.cpu_count()} cores, Python {python}, SQLite {sqlite3.sqlite_version}"
    rows = [
        f"`bin/torture --seed {seeds}`, {dates}, {where}; {minutes:.0f} minutes.",
        "",
        "| fault | how much | checked | result | figures |",
        "|---|---|---|---|---|",
    ]
    for line in lines:
        figures = "; ".join(f"{name}: {value}" for name, value in line.figures.items())
        checked = f"{line.checked:,} applications of {line.rules} rules"
        amount = f"short version: {line.amount}" if line.quick else line.amount
        rows.append(_row(line.fault, amount, checked, line.verdict, figures))
    return "\n".join(rows) + "\n"


def put_into(document: Path, lines: Sequence[Line]) -> None:
    """Replace what stands between the marks of a document."""
    before, _, rest = document.read_text().partition(BEGIN)
    _old, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{document} has no {BEGIN} … {END}")
    document.write_text(f"{before}{BEGIN}\n{as_markdown(lines)}{END}{after}")


def as_text(lines: Sequence[Line]) -> str:
    """The table for a terminal."""
    text = []
    for line in lines:
        head = f"  {line.fault:<9} {line.verdict.replace('*', ''):<12} {line.seconds:>6.0f} s"
        text.append(f"{head}   {line.amount}")
        text.append(f"{'':24}checked {line.checked:,} times, {line.rules} rules")
        text += [f"{'':24}{name}: {value}" for name, value in line.figures.items()]
        for rule, sentences in line.violations.items():
            text += [f"{'':12}WRONG {rule}: {sentence}" for sentence in sentences]
    return "\n".join(text)


def _row(*cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
