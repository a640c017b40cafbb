"""Figures read when somebody asks for them; nothing is counted on the hot path for their sake."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.extensions import socketio
from app.realtime.connection import connections
from app.store import store


class PalabreCollector(Collector):
    """Connections, the writer, and what the transport had to refuse."""

    def collect(self) -> Iterator[Metric]:
        """The current figures."""
        yield GaugeMetricFamily(
            "palabre_connections", "Open Socket.IO connections", len(connections)
        )
        writer = store.writer
        yield GaugeMetricFamily(
            "palabre_writer_waiting", "Commands waiting to be written", writer.waiting
        )
        yield CounterMetricFamily("palabre_commits", "Group commits", writer.stats.commits)
        yield CounterMetricFamily("palabre_commands", "Commands committed", writer.stats.commands)
        yield CounterMetricFamily(
            "palabre_failed_batches", "Batches that storage refused", writer.stats.failed_batches
        )
        for name, value in vars(socketio.server.eio.stats).items():
            yield CounterMetricFamily(f"palabre_transport_{name}", name.replace("_", " "), value)


def init() -> None:
    """Register once per process, however many applications it makes."""
    if not _Registered.done:
        REGISTRY.register(PalabreCollector())
        _Registered.done = True


class _Registered:
    done = False
