"""The goals of the bench, and the measurements to compare them with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.results import Results
from bench.statistics import Spread, figures, ratios, ratios_across
from bench.workloads import connections, fanout, grown, growth, rest, sends


@dataclass(frozen=True)
class Goal:
    """A description, a bound, and the figure to compare with it.

    With `other`, a peer, it is the ratio of Palabre's figure to that peer's, in the same rounds.
    With `before`, a configuration, it is the ratio of Palabre's figure to its own figure there.
    With neither, it is the figure itself.
    """

    text: str
    bound: float
    at_least: bool
    workload: str
    configuration: str
    figure: str
    other: str = ""
    before: str = ""
    factor: float = 1.0
    unit: str = "×"

    def measured(self, results: Results) -> Spread | None:
        """Returns the measured ratio or figure; None without measurements."""
        if self.other:
            return ratios(
                results, self.workload, self.configuration, self.figure, "palabre", self.other
            )
        if self.before:
            return ratios_across(
                results, self.workload, self.configuration, self.before, self.figure, "palabre"
            )
        found = figures(results, self.workload, self.configuration, "palabre", self.figure)
        return found and found.times(self.factor)

    def met(self, measured: Spread) -> bool:
        """Whether the median meets the goal."""
        return measured.median >= self.bound if self.at_least else measured.median <= self.bound


def goals() -> list[Goal]:
    """Returns all goals, in the order of the report."""
    return [*_fanout(), *_sends(), *_connections(), *_growth(), *_storm(), *_rest(), *_page()]


def _fanout() -> Iterator[Goal]:
    yield Goal(
        "deliveries/s, one message in flight, room of 200, against Node", 2.0, True,
        "fanout", "room of 200, one in flight", "deliveries_per_s", "node",
    )  # fmt: skip
    for size in fanout.ROOMS:
        where = f"room of {size}, four in flight"
        yield Goal(
            f"deliveries/s, four in flight, room of {size:,}, against Node", 4.0, True,
            "fanout", where, "deliveries_per_s", "node",
        )  # fmt: skip
    for size in fanout.ROOMS:
        where = f"room of {size}, four in flight"
        yield Goal(
            f"p99 of delivery, four in flight, room of {size:,}, against Node", 0.35, False,
            "fanout", where, "delivery_p99_ms", "node",
        )  # fmt: skip


def _sends() -> Iterator[Goal]:
    for count in sends.SENDERS:
        where = f"{count} senders"
        for bound, peer, whom in (
            (3.0, "node", "Node, a transaction a message"),
            (1.0, "node-grouped", "Node, grouped commits"),
        ):
            yield Goal(
                f"durable sends/s, {where}, against {whom}", bound, True,
                "sends", where, "acks_per_s", peer,
            )  # fmt: skip
        yield Goal(
            f"p99 of the acknowledgement, {where}, against Node", 0.35, False,
            "sends", where, "ack_p99_ms", "node",
        )  # fmt: skip


def _connections() -> Iterator[Goal]:
    where = f"{connections.possible(5_000):,} connections"
    yield Goal(
        "memory of an idle connection, 5,000 open, against Node", 0.5, False,
        "connections", where, "kb_a_connection", "node",
    )  # fmt: skip
    yield Goal(
        "handshakes/s, token check included, against Node", 1.0, True,
        "connections", where, "handshakes_per_s", "node",
    )  # fmt: skip


def _growth() -> Iterator[Goal]:
    ways = (
        ("messages in all:", grown.TOTALS, "messages in all"),
        ("messages in a conversation:", grown.LENGTHS, "messages a conversation"),
        ("conversations of a person:", grown.CIRCLES, "conversations each"),
    )
    said = {
        growth.SEND: "sending",
        growth.ONE: "a room, one in flight",
        growth.FOUR: "a room, four in flight",
        rest.UNCACHED: "the list, uncached",
        rest.CACHED: "the list, cached",
        rest.HISTORY: "a page of history",
        rest.CHANGES: "changes",
        growth.MIX: "the marketplace mix",
        growth.CONNECTION: "a handshake",
        growth.STORM: "a reconnect storm",
    }
    spent = [("operation_cpu_us", kind, f"cost of {what}") for kind, what in said.items()]
    kept = ("kb_a_connection", growth.CONNECTION, "memory of a connection")
    for dimension, sizes, unit in ways:
        for figure, kind, what in (*spent, kept):
            smallest, largest = (f"{dimension} {size:,}, {kind}" for size in (sizes[0], sizes[-1]))
            yield Goal(
                f"{what}, {sizes[0]:,} → {sizes[-1]:,} {unit}", 1.2, False,
                "growth", largest, figure, before=smallest,
            )  # fmt: skip


def _storm() -> Iterator[Goal]:
    yield Goal(
        "5,000 reconnect at once: all synced", 10, False,
        "storm", "while 5,000 come back", "all_synced_s", unit="s",
    )  # fmt: skip
    yield Goal(
        "p99 of bystanders meanwhile, against before", 2.0, False,
        "storm", "while 5,000 come back", "delivery_p99_ms", before="before 5,000 come back",
    )  # fmt: skip


def _rest() -> Iterator[Goal]:
    for kind, what, bound in (
        (rest.CACHED, "the list, cached", 5.0),
        (rest.UNCACHED, "the list, uncached", 1.5),
        (rest.HISTORY, "a page of history", 1.5),
        (rest.CHANGES, "changes", 1.5),
    ):
        yield Goal(
            f"reads/s of {what}, against plain Flask and SQLAlchemy", bound, True,
            "rest", kind, "answers_per_s", "flask",
        )  # fmt: skip


def _page() -> Iterator[Goal]:
    where = "inbox of forty conversations, cold cache"
    yield Goal("the inbox, cold cache: live", 1.0, False, "page", where, "live_ms",
               factor=0.001, unit="s")  # fmt: skip
    yield Goal("JavaScript of the inbox, compressed", 60.0, False, "page", where, "script_bytes",
               factor=0.001, unit="kB")  # fmt: skip
    yield Goal("layout shift of the inbox", 0.0, False, "page", where, "shift", unit="")
