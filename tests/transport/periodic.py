"""What happens inside the server's process in the tests of periodic work."""

from __future__ import annotations

from collections import Counter
from typing import Any

import gevent
from structlog.testing import capture_logs

from app.transport.loop import periodic
from app.transport.loop.periodic import every

RUNS = 3


def some_runs(_app: Any) -> Any:
    """Count the runs of three kinds of work until one of them has come often enough."""
    runs: Counter[str] = Counter()
    done = gevent.event.Event()
    periodic.REGISTERED.clear()

    @every(0.01)
    def steady() -> None:
        runs["steady"] += runs["steady"] < RUNS
        if runs["steady"] == RUNS == runs["failing"]:
            done.set()

    @every(0.01)
    def failing() -> None:
        if runs["failing"] < RUNS:
            runs["failing"] += 1
            raise RuntimeError("this run fails")

    @every(3600, at_start=True)
    def at_start() -> None:
        runs["at start"] += 1

    with capture_logs() as logs:
        periodic.start()
        gevent.sleep(0)
        done.wait(timeout=30)
    failures = [line["work"].rpartition(".")[2] for line in logs if "work" in line]
    return {"runs": runs, "failures": failures}
