"""A server's holdings: by its metrics, by ``/proc``, and by a counter inside it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.support.server import Server

APPLICATION = "tests.torture.faults.churn.inside:app"
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Counts:
    """At one moment."""

    connections: int  # on /metrics
    descriptors: int
    threads: int
    memory: int  # bytes that belong to the process alone
    greenlets: int
    objects: int
    held: int  # by all dicts, sets, lists and deques together
    types: dict[str, int]

    def grown(self, before: Counts, least: int) -> str:
        """The types of which there are so many more, for people."""
        more = {name: n - before.types.get(name, 0) for name, n in self.types.items()}
        grown = sorted(((n, name) for name, n in more.items() if n >= least), reverse=True)
        return ", ".join(f"{name} +{n}" for n, name in grown[:8]) or "no type stands out"


def counted(server: Server) -> Counts:
    """Ask all three. The server must run ``APPLICATION``."""
    worker = server.worker_pid()
    inside = _ask_inside(server, worker)
    proc = Path(f"/proc/{worker}")
    return Counts(
        connections=int(metric(server, "palabre_connections")),
        descriptors=len(list((proc / "fd").iterdir())),
        threads=len(list((proc / "task").iterdir())),
        memory=own_memory(server),
        **inside,
    )


def own_memory(server: Server) -> int:
    """Bytes of anonymous memory: without the database's pages, which are mapped and shared."""
    status = Path(f"/proc/{server.worker_pid()}/status").read_text()
    kilobytes = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(kilobytes.split()[1]) * 1024


def metric(server: Server, name: str) -> float:
    """One figure of ``/metrics``."""
    text = requests.get(f"{server.url}/metrics", timeout=30).text
    line = next(line for line in text.splitlines() if line.startswith(f"{name} "))
    return float(line.rpartition(" ")[2])


def settled(ask: Callable[[], bool], seconds: float) -> bool:
    """Whether the answer becomes yes within so many seconds."""
    deadline = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)  # polling, with a deadline
    return True


def _ask_inside(server: Server, worker: int) -> dict[str, object]:
    answer = server.data_dir / "counted.json"
    answer.unlink(missing_ok=True)
    os.kill(worker, signal.SIGUSR2)
    assert settled(answer.exists, PATIENCE_SECONDS), "nobody counts inside the server"
    found: dict[str, object] = json.loads(answer.read_text())
    return found
