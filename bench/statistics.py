"""Medians, spreads, and ratios within rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.results import Results, Turn


@dataclass(frozen=True)
class Spread:
    """The median, lowest and highest of some values."""

    median: float
    low: float
    high: float
    rounds: int

    def times(self, factor: float) -> Spread:
        """Returns the spread in another unit, multiplied by `factor`."""
        return Spread(self.median * factor, self.low * factor, self.high * factor, self.rounds)


def spread(values: Sequence[float]) -> Spread | None:
    """Returns the spread of some values; None if there are none."""
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values), len(values))


def figures(
    results: Results, workload: str, configuration: str, peer: str, name: str
) -> Spread | None:
    """Returns the spread of one figure of one peer over all rounds."""
    turns = results.of(workload, configuration, peer)
    return spread([turn.figures[name] for turn in turns if name in turn.figures])


def ratios(
    results: Results, workload: str, configuration: str, name: str, peer: str, other: str
) -> Spread | None:
    """Returns one peer's figure over another's, paired within rounds of the same run."""
    return _paired(
        results.of(workload, configuration, peer), results.of(workload, configuration, other), name
    )


def ratios_across(
    results: Results, workload: str, configuration: str, before: str, name: str, peer: str
) -> Spread | None:
    """Returns one peer's figure over its own in another configuration, paired within rounds."""
    return _paired(
        results.of(workload, configuration, peer), results.of(workload, before, peer), name
    )


def _paired(ours: Sequence[Turn], theirs: Sequence[Turn], name: str) -> Spread | None:
    known = {(turn.run, turn.round): turn.figures.get(name) for turn in theirs}
    pairs = [(turn.figures.get(name), known.get((turn.run, turn.round))) for turn in ours]
    return spread([mine / other for mine, other in pairs if mine is not None and other])
