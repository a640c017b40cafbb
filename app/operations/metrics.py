"""Metrics for Prometheus, collected at each scrape; hot paths only increment a counter."""

from __future__ import annotations

import time
from collections.abc import Iterator

import gevent
from prometheus_client import REGISTRY
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from app.counters import Histogram, promise
from app.extensions import socketio
from app.realtime.connection import connections
from app.store import store

TICK_SECONDS = 0.05
WINDOW_SECONDS = 60.0


class LoopWatch:
    """Measures how late the event loop wakes a sleeping greenlet: latency that all requests share."""

    def __init__(self) -> None:
        self.lag = Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
        self._longest = [0.0, 0.0]  # of the present window and of the previous one
        self._window_ends = time.monotonic() + WINDOW_SECONDS

    @property
    def longest(self) -> float:
        """The longest delay, in seconds, of the last one to two minutes."""
        return max(self._longest)

    def watch(self) -> None:
        """Sleeps and compares the clock, for ever."""
        while True:
            wanted = time.monotonic() + TICK_SECONDS
            gevent.sleep(TICK_SECONDS)
            now = time.monotonic()
            self._note(max(0.0, now - wanted), now)

    def _note(self, lag: float, now: float) -> None:
        self.lag.observe(lag)
        if now >= self._window_ends:
            self._longest = [0.0, self._longest[0]]
            self._window_ends = now + WINDOW_SECONDS
        self._longest[0] = max(self._longest[0], lag)


class PalabreCollector(Collector):
    """Collects connections, replays, the writer, loop lag and refusals of the transport."""

    def __init__(self) -> None:
        self._loop = LoopWatch()
        self._started = False

    def start(self) -> None:
        """Registers and begins to watch, once per process, however many applications it makes."""
        if not self._started:
            REGISTRY.register(self)
            gevent.spawn(self._loop.watch)
            self._started = True

    def collect(self) -> Iterator[Metric]:
        """Yields the current values."""
        yield GaugeMetricFamily(
            "palabre_connections", "Open Socket.IO connections", len(connections)
        )
        yield from _promise()
        yield from _writer()
        yield from _loop(self._loop)
        for name, value in vars(socketio.server.eio.stats).items():
            yield CounterMetricFamily(f"palabre_transport_{name}", name.replace("_", " "), value)


def _promise() -> Iterator[Metric]:
    replays = CounterMetricFamily(
        "palabre_replays", "Cursors brought up to date, or reset", labels=["outcome"]
    )
    replays.add_metric(["recovered"], promise.recovered)
    replays.add_metric(["reset"], promise.resets)
    yield replays
    yield CounterMetricFamily(
        "palabre_duplicates_absorbed",
        "Repeated sends answered with the first message",
        promise.duplicates,
    )


def _writer() -> Iterator[Metric]:
    stats = store.writer.stats
    yield GaugeMetricFamily(
        "palabre_writer_waiting", "Commands waiting to be written", store.writer.waiting
    )
    yield CounterMetricFamily("palabre_commits", "Group commits", stats.commits)
    yield CounterMetricFamily("palabre_commands", "Commands committed", stats.commands)
    yield _histogram("palabre_commit_batch_size", "Commands that shared a commit", stats.batches)
    yield _histogram(
        "palabre_commit_seconds", "From BEGIN until it is on stable storage", stats.seconds
    )
    yield CounterMetricFamily(
        "palabre_failed_batches", "Batches that storage refused", stats.failed_batches
    )


def _loop(loop: LoopWatch) -> Iterator[Metric]:
    yield _histogram("palabre_loop_lag_seconds", "How late the event loop wakes up", loop.lag)
    yield GaugeMetricFamily(
        "palabre_loop_lag_longest_seconds", "The longest of the last minute or two", loop.longest
    )


def _histogram(name: str, says: str, histogram: Histogram) -> Metric:
    return HistogramMetricFamily(name, says, histogram.buckets, histogram.total)


collector = PalabreCollector()
