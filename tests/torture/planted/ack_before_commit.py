"""The bug: people hear *ok*, and others of it, as soon as a message has been handed to the database,
not when it is on the disk. The commit follows a moment later.
"""

from __future__ import annotations

from typing import Any

from gevent.monkey import get_original

from app.store.writer.writer import Batch, Writer
from tests.support.quick import app

__all__ = ["app"]

LATE_SECONDS = 0.2
_sleep = get_original("time", "sleep")  # the writer's thread must really sleep
_right = Writer._run_jobs


def _run_jobs(self: Writer, connection: Any, batch: Batch) -> None:
    _right(self, connection, batch)
    if any(job.events for job in batch.jobs):
        self._finished.append(Batch(list(batch.jobs), batch.first, batch.last))
        self._wake.send()
        _sleep(LATE_SECONDS)
        for job in batch.jobs:  # told already
            job.events = []


Writer._run_jobs = _run_jobs  # type: ignore[method-assign]
