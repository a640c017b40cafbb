"""Writes the measured part of docs/performance.md, between two marks; the rest is prose."""

from __future__ import annotations

from collections.abc import Iterator

from bench import results as kept
from bench.goals import Goal, goals
from bench.peers import PEERS
from bench.places import ROOT
from bench.report import svg, table
from bench.results import Results
from bench.statistics import Spread, spread
from bench.workloads import WORKLOADS

PAGE = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "docs" / "performance.json"
GOALS_DRAWING = ROOT / "docs" / "images" / "performance-goals.svg"
RATES_DRAWING = ROOT / "docs" / "images" / "performance-rates.svg"
BEGIN = "<!-- measured: written by bin/bench --docs -->"
END = "<!-- measured: end -->"


def write(results: Results) -> None:
    """Writes the page, its drawings and a file with every figure."""
    kept.save(results, FIGURES)
    for path, drawing in (
        (GOALS_DRAWING, svg.ratios_drawing(results)),
        (RATES_DRAWING, svg.rates_drawing(results)),
    ):
        if drawing:
            path.write_text(drawing)
    text = PAGE.read_text() if PAGE.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    PAGE.write_text(replaced(text, "\n".join(_measured(results))))


def replaced(page: str, measured: str) -> str:
    """Returns the page with a new measured part and the rest unchanged."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{measured}\n{END}{after}"


def _measured(results: Results) -> Iterator[str]:
    yield "\n## Goals\n"
    yield from _goals(results)
    yield "\n![Each goal that is a ratio: the measured median as a multiple of the goal.](images/performance-goals.svg)"
    yield "\n![Rates of every server: fan-out and durable sends.](images/performance-rates.svg)"
    for name, workload in WORKLOADS.items():
        if results.configurations(name):
            yield f"\n## {workload.title}\n"
            yield from _table(results, name)
    yield "\n## Machine and versions\n"
    yield from _machine(results)


def _goals(results: Results) -> Iterator[str]:
    yield "| goal | bound | measured | lowest–highest | |"
    yield "|---|---|---|---|---|"
    for goal in goals():
        yield _goal(goal, goal.measured(results))


def _goal(goal: Goal, measured: Spread | None) -> str:
    unit = f" {goal.unit}" if goal.unit not in ("×", "") else ""
    promised = f"{'≥' if goal.at_least else '≤'} {goal.bound:g}{unit}"
    if measured is None:
        return f"| {goal.text} | {promised} | | | not measured |"
    verdict = "met" if goal.met(measured) else "**not met**"
    between = f"{measured.low:.2f}–{measured.high:.2f}"
    return f"| {goal.text} | {promised} | {measured.median:.2f}{unit} | {between} | {verdict} |"


def _table(results: Results, workload: str) -> Iterator[str]:
    headings = table.headings(workload)
    yield f"| | | {' | '.join(headings)} |"
    yield f"|---|---|{'---:|' * len(headings)}"
    before = ""
    for row in table.rows(results, workload):
        configuration = row.configuration if row.configuration != before else ""
        before = row.configuration
        yield f"| {configuration} | {row.peer} | {' | '.join(row.cells)} |"


def _machine(results: Results) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    for name, value in results.machine.items():
        yield f"| {name} | {value} |"
    for name, versions in results.versions.items():
        yield f"| {PEERS[name].title} | {'; '.join(versions)} |"
    yield f"| rounds | {_rounds(results)} |"
    for title, figure, unit, factor in (
        ("CPU time of the generator", "generator_cpu", "% of a core", 100),
        ("CPU time of other programs", "others_cpu", "% of a core", 100),
        ("an fdatasync of 4 kB before a turn", "fsync_ms", "ms", 1),
    ):
        used = spread([t.figures[figure] * factor for t in results.turns if figure in t.figures])
        if used:
            yield f"| {title} | median {used.median:.3g} {unit}, {used.low:.2g}–{used.high:.3g} |"


def _rounds(results: Results) -> str:
    """The number of Palabre's turns behind each workload's figures, as a sentence."""
    counts = {
        name: max(
            (len(results.of(name, each, "palabre")) for each in results.configurations(name)),
            default=0,
        )
        for name in WORKLOADS
    }
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)
