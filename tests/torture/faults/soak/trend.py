"""Figures taken again and again over a long run, and where they are heading."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import linear_regression, quantiles
from typing import NamedTuple

from tests.torture.history import Entry


class Point(NamedTuple):
    """One figure at one time."""

    at: float  # seconds
    value: float


class Trend(NamedTuple):
    """The straight line that fits best: its two ends."""

    first: float
    last: float
    seconds: float

    @property
    def per_minute(self) -> float:
        """How much it rises in a minute."""
        return (self.last - self.first) / self.seconds * 60


def trend(points: Sequence[Point]) -> Trend:
    """Where the figures are heading; they must have been taken at two times or more."""
    times, values = zip(*points, strict=True)
    slope, start = linear_regression(times, values)
    return Trend(start + slope * times[0], start + slope * times[-1], times[-1] - times[0])


def answer_times(entries: Sequence[Entry]) -> list[Point]:
    """When each message was acknowledged that was sent once, and how long it took."""
    asked: dict[tuple[int, str, str], list[float]] = {}
    points = []
    for entry in entries:
        act = (entry.user_id, entry.client_id, entry.via)
        if entry.kind != "send":
            continue
        if entry.action == "invoke":
            asked.setdefault(act, []).append(entry.at)
        elif entry.action == "ok" and len(asked.get(act, [])) == 1:
            points.append(Point(entry.at, entry.at - asked[act][0]))
    return points


def p99s(points: Sequence[Point], window: float) -> list[Point]:
    """The 99th percentile of every whole window of so many seconds."""
    if not points:
        return []
    first = points[0].at
    windows: dict[int, list[float]] = {}
    for point in points:
        windows.setdefault(int((point.at - first) // window), []).append(point.value)
    whole = sorted(windows)[:-1]
    return [
        Point(first + (number + 0.5) * window, quantiles(windows[number], n=100)[-1])
        for number in whole
        if len(windows[number]) >= 100
    ]
