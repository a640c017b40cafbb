"""Counters for ``/metrics``: plain numbers, incremented in place.

There are no locks. Each number is written by one thread only, the event loop's or the writer's. A
reader on another thread may see it slightly late, which is harmless for a counter.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate


class Histogram:
    """Counts of values, by upper bound."""

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, *bounds: float) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Adds a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """The number of values."""
        return sum(self._counts)

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """The cumulative count of values at each bound, as Prometheus expects it."""
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        return list(zip(names, accumulate(self._counts), strict=True))


@dataclass(slots=True)
class WriterStats:
    """Counts of the writer thread's work."""

    commands: int = 0
    failed_batches: int = 0
    # Commands per commit.
    batches: Histogram = field(
        default_factory=lambda: Histogram(1, 2, 5, 10, 20, 50, 100, 200, 500)
    )
    # Seconds from the beginning of a transaction until it is on stable storage.
    seconds: Histogram = field(
        default_factory=lambda: Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2.5)
    )

    @property
    def commits(self) -> int:
        """The number of commits."""
        return self.batches.count

    def committed(self, commands: int, seconds: float) -> None:
        """Counts a commit of so many commands."""
        self.commands += commands
        self.batches.observe(commands)
        self.seconds.observe(seconds)


@dataclass(slots=True)
class PromiseTallies:
    """How often clients relied on the delivery guarantees (docs/guarantees.md)."""

    duplicates: int = 0  # sends with a known client_id, answered with the first message
    recovered: int = 0  # replays served to their end
    resets: int = 0  # cursors that this history has not issued


promise = PromiseTallies()
