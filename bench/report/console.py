"""The tables at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence

from bench.goals import goals
from bench.report import table
from bench.results import Results

_EXPLAINED = (
    "Medians of the rounds. In brackets Palabre's figure over the peer's in the same round: "
    "median, lowest, highest."
)


def tables(results: Results, workloads: Sequence[str]) -> str:
    """Returns a table for each workload, then the goals that concern these workloads."""
    parts = [_EXPLAINED, *(_table(results, workload) for workload in workloads)]
    return "\n\n".join([*parts, _goals(results, workloads)])


def _table(results: Results, workload: str) -> str:
    headings = table.headings(workload)
    rows = table.rows(results, workload)
    widths = [
        max([len(heading), *(len(row.cells[n]) for row in rows)])
        for n, heading in enumerate(headings)
    ]

    def line(first: str, cells: Sequence[str]) -> str:
        spaced = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        return f"{first:<36}{'  '.join(spaced)}".rstrip()

    lines, configuration = [line(workload.upper(), headings)], ""
    for row in rows:
        if row.configuration != configuration:
            configuration = row.configuration
            lines.append(f"  {configuration}")
        lines.append(line(f"    {row.peer}", row.cells))
    return "\n".join(lines)


def _goals(results: Results, workloads: Sequence[str]) -> str:
    lines = ["GOALS"]
    for goal in goals():
        measured = goal.measured(results) if goal.workload in workloads else None
        if measured is not None:
            sign = "≥" if goal.at_least else "≤"
            verdict = "met" if goal.met(measured) else "NOT MET"
            lines.append(
                f"  {verdict:<8}{measured.median:>8.2f} {sign} {goal.bound:<5g}{goal.unit:<3}{goal.text}"
            )
    return "\n".join(lines)
