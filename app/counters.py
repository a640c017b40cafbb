"""What is counted for ``/metrics`` where it happens: plain numbers, an addition each.

Nothing here locks. Every number is written by one thread only (the event loop's, or the writer's),
and a reader on another one sees it a moment early or late, which a counter may be.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate


class Histogram:
    """How often a figure was at most so high."""

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, *bounds: float) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one more figure."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many figures there were."""
        return sum(self._counts)

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """Bounds and how many figures each of them holds, as Prometheus wants them: cumulated."""
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        return list(zip(names, accumulate(self._counts), strict=True))


@dataclass(slots=True)
class WriterStats:
    """What the writer's thread has done."""

    commands: int = 0
    failed_batches: int = 0
    # Commands that shared a commit.
    batches: Histogram = field(
        default_factory=lambda: Histogram(1, 2, 5, 10, 20, 50, 100, 200, 500)
    )
    # From the beginning of a transaction until it is on stable storage.
    seconds: Histogram = field(
        default_factory=lambda: Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2.5)
    )

    @property
    def commits(self) -> int:
        """Groups that are on stable storage."""
        return self.batches.count

    def committed(self, commands: int, seconds: float) -> None:
        """One more group of commands is on stable storage."""
        self.commands += commands
        self.batches.observe(commands)
        self.seconds.observe(seconds)


@dataclass(slots=True)
class PromiseTallies:
    """How often the promise to clients was called on."""

    duplicates: int = 0  # sends whose client_id was known: answered with the first message
    recovered: int = 0  # replays served to their end
    resets: int = 0  # cursors that this history has not given out


promise = PromiseTallies()
