"""Work that is repeated for as long as a process serves.

A module declares its work with :func:`every`; the process begins it with :func:`start`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gevent
import structlog

log = structlog.get_logger(__name__)

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that is called again and again."""

    seconds: float  # from the end of a run to the start of the next
    work: Work
    at_start: bool  # whether the first run comes at once


REGISTERED: list[Periodic] = []


def every(seconds: float, *, at_start: bool = False) -> Callable[[Work], Work]:
    """Registers a function to be called every ``seconds``, in a greenlet of its own.

    It must not hold up the event loop: what takes longer than a few milliseconds belongs in the
    thread pool. An exception is logged, and the next run comes as usual.
    """

    def register(work: Work) -> Work:
        REGISTERED.append(Periodic(seconds, work, at_start))
        return work

    return register


def start() -> None:
    """Begins all registered work; once per process, after any fork."""
    for periodic in REGISTERED:
        gevent.spawn(_repeat, periodic)


def _repeat(periodic: Periodic) -> None:
    if periodic.at_start:
        _run(periodic)
    while True:
        gevent.sleep(periodic.seconds)
        _run(periodic)


def _run(periodic: Periodic) -> None:
    try:
        periodic.work()
    except Exception:
        log.exception("periodic_work_failed", work=getattr(periodic.work, "__qualname__", "?"))
