"""What the bench says follows from what it has measured: ratios within rounds, goals, the page."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import goals, results, statistics
from bench.peers import PEERS
from bench.report import console, page, svg
from bench.report.columns import COLUMNS
from bench.results import Results, Turn
from bench.workloads import WORKLOADS, Scale

WHERE = "room of 200, one in flight"


def _turn(peer: str, number: int, rate: float, run: str = "monday") -> Turn:
    figures = {"deliveries_per_s": rate, "delivery_p50_ms": 1.0, "delivery_p99_ms": 9.0}
    return Turn(run, "fanout", WHERE, peer, number, figures)


@pytest.fixture
def measured() -> Results:
    """Three rounds: the machine was slow in the second and fast in the third."""
    rates = {1: (200.0, 100.0), 2: (90.0, 30.0), 3: (1000.0, 400.0)}
    found = Results(machine={"cores": "2"}, versions={"palabre": ["commit abc"]})
    for number, (ours, theirs) in rates.items():
        found.turns += [_turn("palabre", number, ours), _turn("node", number, theirs)]
    return found


def _ratio(found: Results) -> statistics.Spread | None:
    return statistics.ratios(found, "fanout", WHERE, "deliveries_per_s", "palabre", "node")


def test_a_ratio_compares_servers_in_the_same_round(measured: Results) -> None:
    assert _ratio(measured) == statistics.Spread(2.5, 2.0, 3.0, 3)


def test_a_round_without_the_other_server_has_no_ratio(measured: Results) -> None:
    measured.turns.append(_turn("palabre", 4, 1e9))
    # The same number in another run is another round.
    measured.turns.append(_turn("node", 1, 1.0, run="tuesday"))
    assert _ratio(measured) == statistics.Spread(2.5, 2.0, 3.0, 3)


def test_a_goal_is_met_by_the_median_and_not_by_the_best_round(measured: Results) -> None:
    (goal,) = (g for g in goals.goals() if (g.configuration, g.workload) == (WHERE, "fanout"))
    kept = goal.measured(measured)
    assert kept is not None and goal.met(kept)
    measured.turns = [t for t in measured.turns if t.round != 3]
    measured.turns += [_turn("palabre", 5, 100.0), _turn("node", 5, 100.0)]
    measured.turns += [_turn("palabre", 6, 100.0), _turn("node", 6, 100.0)]
    missed = goal.measured(measured)
    assert missed is not None and missed.high == 3.0
    assert not goal.met(missed)


def test_what_nobody_has_measured_is_said_to_be_unmeasured() -> None:
    assert all(goal.measured(Results()) is None for goal in goals.goals())


def test_goals_ask_for_configurations_that_exist() -> None:
    """A goal that named none would stand there as unmeasured for ever."""
    names = {(goal.workload, goal.other or "palabre") for goal in goals.goals()}
    assert all(workload in WORKLOADS and workload in PEERS[peer].serves for workload, peer in names)
    figures = {column.figure for columns in COLUMNS.values() for column in columns}
    assert {goal.figure for goal in goals.goals()} <= figures


def test_every_workload_has_columns_and_a_palabre_to_measure() -> None:
    assert COLUMNS.keys() == WORKLOADS.keys() == PEERS["palabre"].serves
    assert all(WORKLOADS[name].cases(Scale()) for name in WORKLOADS)


def test_results_survive_being_kept(measured: Results, tmp_path: Path) -> None:
    results.save(measured, tmp_path / "kept.json")
    assert results.load(tmp_path / "kept.json") == measured


def test_the_page_keeps_what_people_wrote_around_the_figures(
    measured: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "performance.md"
    for name in ("PAGE", "FIGURES", "GOALS_DRAWING", "RATES_DRAWING"):
        monkeypatch.setattr(page, name, tmp_path / f"{name}.file")
    monkeypatch.setattr(page, "PAGE", written)
    written.write_text(f"Before.\n{page.BEGIN}\nyesterday's\n{page.END}\nAfter.\n")
    page.write(measured)
    page.write(measured)
    text = written.read_text()
    assert text.startswith("Before.\n") and text.endswith("\nAfter.\n")
    assert "yesterday's" not in text and text.count("## Goals") == 1
    assert "| ≥ 2 | 2.50 | 2.00–3.00 | met |" in text


def test_the_drawing_is_well_formed_and_shows_each_measured_ratio(measured: Results) -> None:
    drawing = ElementTree.fromstring(svg.ratios_drawing(measured))
    circles = drawing.findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == sum(1 for g in goals.goals() if g.measured(measured))
    assert circles


def test_the_terminal_says_which_goals_are_met(measured: Results) -> None:
    assert "  met         2.50 ≥ 2    ×  deliveries/s" in console.tables(measured, ["fanout"])
