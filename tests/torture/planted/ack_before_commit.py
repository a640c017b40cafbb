"""The bug: people hear *ok*, and others of it, as soon as a message has been handed to the database,
not when it is on the disk. The commit follows a moment later.
"""

from __future__ import annotations

from typing import Any

from gevent.monkey import get_original

from app.store.writer.writer import Group, Writer
from tests.support.quick import app

__all__ = ["app"]

LATE_SECONDS = 0.2
_sleep = get_original("time", "sleep")  # the writer's thread must really sleep
_right = Writer._run_jobs


def _run_jobs(self: Writer, connection: Any, group: Group) -> None:
    _right(self, connection, group)
    if any(job.events for job in group.jobs):
        self._finished.append(Group(list(group.jobs), group.first, group.last))
        self._wake.send()
        _sleep(LATE_SECONDS)
        for job in group.jobs:  # told already
            job.events = []


Writer._run_jobs = _run_jobs  # type: ignore[method-assign]
