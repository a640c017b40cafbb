"""Which figures of a workload are worth a column."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A figure, its heading, and how it is written. `compared`: as a ratio of Palabre to the peer."""

    figure: str
    heading: str
    unit: str
    decimals: int = 0
    factor: float = 1.0
    compared: bool = True

    def shown(self, value: float) -> str:
        """A number as people read it."""
        return f"{value * self.factor:,.{self.decimals}f}"


_BUSY = (
    Column("server_cpu", "server busy", "% srv", 0, 100, compared=False),
    Column("generator_cpu", "generator busy", "% gen", 0, 100, compared=False),
)
_ACKS = (
    Column("acks_per_s", "acks/s", "acks/s"),
    Column("ack_p50_ms", "ack p50, ms", "ms p50", 2, compared=False),
    Column("ack_p99_ms", "ack p99, ms", "ms p99", 2),
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "fanout": (
        Column("deliveries_per_s", "deliveries/s", "deliveries/s"),
        Column("delivery_p50_ms", "p50, ms", "ms p50", 2, compared=False),
        Column("delivery_p99_ms", "p99, ms", "ms p99", 2),
        *_BUSY,
    ),
    "sends": (*_ACKS, *_BUSY),
    "slowdisk": (*_ACKS, *_BUSY),
}
