"""The results: one record per turn, stored as JSON, to which later runs add."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.driver import Figures


@dataclass(frozen=True)
class Turn:
    """The figures of one peer in one configuration in one round of one run."""

    run: str
    workload: str
    configuration: str
    peer: str
    round: int
    figures: Figures


@dataclass
class Results:
    """All measurements, with the machine and the versions."""

    machine: dict[str, str] = field(default_factory=dict)
    versions: dict[str, list[str]] = field(
        default_factory=dict
    )  # of each peer, in the order of the runs
    turns: list[Turn] = field(default_factory=list)

    def note_version(self, peer: str, version: str) -> None:
        """Records the version of a peer in this run."""
        known = self.versions.setdefault(peer, [])
        if version not in known:
            known.append(version)

    def configurations(self, workload: str) -> list[str]:
        """Returns a workload's configurations, in the order they were measured."""
        return list(dict.fromkeys(t.configuration for t in self.turns if t.workload == workload))

    def of(self, workload: str, configuration: str, peer: str) -> list[Turn]:
        """Returns the turns of one peer in one configuration."""
        return [
            turn
            for turn in self.turns
            if (turn.workload, turn.configuration, turn.peer) == (workload, configuration, peer)
        ]


def load(path: Path) -> Results:
    """Reads the results of earlier runs; empty results if the file does not exist."""
    if not path.exists():
        return Results()
    stored = json.loads(path.read_text())
    turns = [Turn(**turn) for turn in stored.pop("turns")]
    return Results(**stored, turns=turns)


def save(results: Results, path: Path) -> None:
    """Writes all results, one turn per line."""
    head = json.dumps({k: v for k, v in asdict(results).items() if k != "turns"}, indent=1)
    lines = ",\n".join(json.dumps(asdict(turn), ensure_ascii=False) for turn in results.turns)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f'{head[:-2]},\n "turns": [\n{lines}\n ]\n}}\n'
    fresh = path.with_name(path.name + ".new")  # an interrupted write leaves the old file
    fresh.write_text(text)
    fresh.rename(path)


def new_run() -> str:
    """Returns the name of a new run: its start time."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
