"""A workload's figures as rows of text, for the terminal and the documentation."""

from __future__ import annotations

from dataclasses import dataclass

from bench.peers import PEERS
from bench.report.columns import COLUMNS, Column
from bench.results import Results
from bench.statistics import figures, ratios


@dataclass(frozen=True)
class Row:
    """One peer in one configuration."""

    configuration: str
    peer: str
    cells: list[str]


def headings(workload: str) -> list[str]:
    """Returns the headings of a workload's columns."""
    return [column.heading for column in COLUMNS[workload]]


def rows(results: Results, workload: str) -> list[Row]:
    """Returns a row for each peer with measurements, in the order of the peers."""
    return [
        Row(configuration, peer.title, cells)
        for configuration in results.configurations(workload)
        for name, peer in PEERS.items()
        if any(cells := _cells(results, workload, configuration, name))
    ]


def _cells(results: Results, workload: str, configuration: str, peer: str) -> list[str]:
    return [_cell(results, workload, configuration, peer, column) for column in COLUMNS[workload]]


def _cell(results: Results, workload: str, configuration: str, peer: str, column: Column) -> str:
    """The median; in a compared column also Palabre's ratio to it, with its lowest and highest."""
    value = figures(results, workload, configuration, peer, column.figure)
    if value is None:
        return ""
    text = column.shown(value.median)
    ratio = ratios(results, workload, configuration, column.figure, "palabre", peer)
    if not column.compared or peer == "palabre" or ratio is None:
        return text
    return f"{text} (×{ratio.median:.2f}: {ratio.low:.2f}–{ratio.high:.2f})"
