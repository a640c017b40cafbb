"""The tables at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence

from bench.peers import PEERS
from bench.report.columns import COLUMNS, Column
from bench.results import Results
from bench.statistics import figures, ratios

# "(×1.76: 1.50–2.01)": Palabre's figure over the peer's, with the lowest and highest round.
_RATIO = 20


def tables(results: Results, workloads: Sequence[str]) -> str:
    """For each workload a table: medians, and beside them the ratio of Palabre to the peer."""
    return "\n\n".join(_table(results, workload) for workload in workloads if workload in COLUMNS)


def _table(results: Results, workload: str) -> str:
    lines = [workload]
    for configuration in results.configurations(workload):
        lines.append(f"  {configuration}")
        for name, peer in PEERS.items():
            cells = [
                _cell(results, workload, configuration, name, column)
                for column in COLUMNS[workload]
            ]
            if any(cells):
                lines.append(f"    {peer.title:<34}{'  '.join(cells)}")
    return "\n".join(lines)


def _cell(results: Results, workload: str, configuration: str, peer: str, column: Column) -> str:
    value = figures(results, workload, configuration, peer, column.figure)
    if value is None:
        return ""
    text = f"{column.shown(value.median):>9} {column.unit}"
    ratio = ratios(results, workload, configuration, column.figure, "palabre", peer)
    if not column.compared:
        return text
    if peer == "palabre" or ratio is None:
        return text + " " * _RATIO
    return f"{text} (×{ratio.median:.2f}: {ratio.low:.2f}–{ratio.high:.2f})".ljust(
        len(text) + _RATIO
    )
