"""Medians, spreads, and ratios within rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.results import Results, Turn


@dataclass(frozen=True)
class Spread:
    """A median, with the lowest and the highest of what it was taken from."""

    median: float
    low: float
    high: float
    rounds: int

    def times(self, factor: float) -> Spread:
        """The same in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor, self.rounds)


def spread(values: Sequence[float]) -> Spread | None:
    """Of some values; None if there are none."""
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values), len(values))


def figures(
    results: Results, workload: str, configuration: str, peer: str, name: str
) -> Spread | None:
    """One figure of one peer over all rounds."""
    turns = results.of(workload, configuration, peer)
    return spread([turn.figures[name] for turn in turns if name in turn.figures])


def ratios(
    results: Results, workload: str, configuration: str, name: str, peer: str, other: str
) -> Spread | None:
    """One peer's figure over another's, each pair taken from the same round of the same run."""
    return _paired(
        results.of(workload, configuration, peer), results.of(workload, configuration, other), name
    )


def ratios_across(
    results: Results, workload: str, configuration: str, before: str, name: str, peer: str
) -> Spread | None:
    """One peer's figure in one configuration over its own in another, within rounds."""
    return _paired(
        results.of(workload, configuration, peer), results.of(workload, before, peer), name
    )


def _paired(ours: Sequence[Turn], theirs: Sequence[Turn], name: str) -> Spread | None:
    known = {(turn.run, turn.round): turn.figures.get(name) for turn in theirs}
    pairs = [(turn.figures.get(name), known.get((turn.run, turn.round))) for turn in ours]
    return spread([mine / other for mine, other in pairs if mine is not None and other])
