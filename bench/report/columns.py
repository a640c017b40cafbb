"""The columns of each workload's table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A figure, its heading and its format. `compared` adds the ratio of Palabre to the peer."""

    figure: str
    heading: str
    decimals: int = 0
    factor: float = 1.0
    compared: bool = True

    def shown(self, value: float) -> str:
        """Formats a value for the report."""
        return f"{value * self.factor:,.{self.decimals}f}"


_COST = Column("operation_cpu_us", "server µs each", 1)
_BUSY = (
    _COST,
    Column("server_cpu", "server %", 0, 100, compared=False),
    Column("generator_cpu", "generator %", 0, 100, compared=False),
)
_ACKS = (
    Column("acks_per_s", "acks/s"),
    Column("ack_p50_ms", "ack p50 ms", 2, compared=False),
    Column("ack_p99_ms", "ack p99 ms", 2),
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "fanout": (
        Column("deliveries_per_s", "deliveries/s"),
        Column("delivery_p50_ms", "p50 ms", 2, compared=False),
        Column("delivery_p99_ms", "p99 ms", 2),
        *_BUSY,
    ),
    "sends": (*_ACKS, *_BUSY),
    "slowdisk": (*_ACKS, *_BUSY),
    "connections": (
        Column("handshakes_per_s", "handshakes/s"),
        Column("kb_a_connection", "kB a connection", 1),
        Column("idle_cpu", "idle %", 2, 100, compared=False),
        Column("generator_cpu", "generator %", 0, 100, compared=False),
    ),
    "storm": (
        Column("synced", "synced", 0, compared=False),
        Column("all_synced_s", "all synced s", 2, compared=False),
        Column("back_p50_ms", "back p50 ms", 0, compared=False),
        Column("delivery_p50_ms", "bystanders p50 ms", 1, compared=False),
        Column("delivery_p99_ms", "bystanders p99 ms", 1, compared=False),
        *_BUSY[1:],
    ),
    "rest": (
        Column("answers_per_s", "answers/s"),
        Column("answer_p50_ms", "p50 ms", 1, compared=False),
        Column("answer_p99_ms", "p99 ms", 1),
        Column("bytes_an_answer", "bytes", compared=False),
        *_BUSY,
    ),
    "mix": (
        Column("operations_per_s", "operations/s"),
        Column("read_p50_ms", "read p50 ms", 1, compared=False),
        Column("read_p99_ms", "read p99 ms", 1),
        Column("ack_p99_ms", "ack p99 ms", 1),
        *_BUSY,
    ),
    "growth": (_COST, Column("kb_a_connection", "kB a connection", 1)),
    "page": (
        Column("response_ms", "answer ms", 0, compared=False),
        Column("paint_ms", "first paint ms", 0, compared=False),
        Column("live_ms", "live ms", 0, compared=False),
        Column("script_bytes", "script, bytes", 0, compared=False),
        Column("shift", "layout shift", 3, compared=False),
    ),
}
