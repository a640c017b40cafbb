"""The limit: a loop in C that writes one frame to each connection and does nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench import programs
from bench.peers.server import Peer


class Limit(Peer):
    """No tokens, rows or JSON: one system call per delivery."""

    name = "limit"
    title = "C, one write a delivery"
    serves = frozenset({"fanout"})

    def install(self) -> None:
        programs.limit()

    def command(self, _folder: Path) -> Sequence[str | Path]:
        return [programs.limit()]
