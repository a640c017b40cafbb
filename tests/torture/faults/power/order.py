"""From a trace: whether every write was flushed before a client heard of it.

A *mark* is a word in a message's text that stands nowhere else, ``pw3-17v2`` for the second version
of the seventeenth message of sender 3. Where it first appears in a write to the WAL, its row is
being stored; the next frame that ends a transaction commits it; a flush of the WAL that begins after
that and comes back makes it durable; and where it first appears on a socket, a client is told.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.torture.checker import Report
from tests.torture.faults.power.trace import WAL, Kind, Step, ends_commit

MARK = re.compile(rb"pw\d+-\d+v\d+")
LATER_VERSIONS = 10
FLUSHED = "the WAL is flushed between commit and the first word of it"


class Flush(NamedTuple):
    """One flush of the WAL that came back."""

    begins: int  # places in the trace
    ends: int
    seconds: float


@dataclass
class Order:
    """Where in the trace what happened to each mark."""

    stored: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    commits: list[int] = field(default_factory=list)
    flushes: list[Flush] = field(default_factory=list)

    def check(self, report: Report) -> None:
        """One application of the rule for every mark that reached a client."""
        for mark, told in self.told.items():
            report.expect(FLUSHED, self._durable_before(mark, told), self._story(mark))

    def _durable_before(self, mark: str, told: int) -> bool:
        stored = self._stored(mark)
        committed = None if stored is None else _next(self.commits, stored)
        if committed is None or committed > told:
            return False
        return any(flush.begins > committed and flush.ends < told for flush in self.flushes)

    def _stored(self, mark: str) -> int | None:
        """Where it was written, or a later version of the same message: of two edits that share a
        commit, only the second reaches the disk.
        """
        name, version = mark.rsplit("v", 1)
        places = [
            place
            for later in range(int(version), int(version) + LATER_VERSIONS)
            if (place := self.stored.get(f"{name}v{later}")) is not None
        ]
        return min(places, default=None)

    def _story(self, mark: str) -> str:
        stored, told = self._stored(mark), self.told[mark]
        commit = None if stored is None else _next(self.commits, stored)
        return f"{mark}: written at step {stored}, committed at {commit}, told at {told}"


def read_order(steps: Sequence[Step], page_size: int) -> Order:
    """Find every mark, commit and flush of a trace."""
    order = Order()
    begun: dict[int, tuple[int, float]] = {}
    ending: set[int] = set()  # threads that have written the head of a frame that ends a commit
    for place, step in enumerate(steps):
        if step.kind == Kind.SAY:
            _note_marks(order.told, step, place)
        elif step.name != WAL:
            continue
        elif step.kind == Kind.WRITE:
            _note_marks(order.stored, step, place)
            _note_commit(order.commits, ending, step, place, page_size)
        elif step.kind == Kind.FLUSH_BEGINS:
            begun[step.thread] = (place, step.seconds)
        elif step.kind == Kind.FLUSH_ENDS:
            begins, seconds = begun.pop(step.thread)
            order.flushes.append(Flush(begins, place, step.seconds - seconds))
    return order


def _note_commit(
    commits: list[int], ending: set[int], step: Step, place: int, page_size: int
) -> None:
    """A transaction is written when the page that follows the head of its last frame is."""
    if step.thread in ending:
        ending.discard(step.thread)
        commits.append(place)
    elif ends_commit(step, page_size):
        ending.add(step.thread)


def _note_marks(places: dict[str, int], step: Step, place: int) -> None:
    if b"pw" in step.data:
        for mark in MARK.findall(step.data):
            places.setdefault(mark.decode(), place)


def _next(places: list[int], since: int) -> int | None:
    found = bisect_left(places, since)
    return places[found] if found < len(places) else None
