"""The writer: the only thread that writes to the database.

Greenlets queue commands and sleep. One native thread with its own connection runs the queued
commands in one transaction (group commit); a command that fails fails alone. Results are delivered
only after the commit has returned.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import structlog
from gevent import get_hub
from gevent.event import AsyncResult
from gevent.monkey import get_original
from greenlet import greenlet
from sqlalchemy import Engine
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)

from app.counters import WriterStats
from app.errors import internal, unavailable
from app.store.revision import lock_revision, open_gap, save_revision
from app.store.session import SpoiltError, WriteSession
from app.store.writer.gathering import Gathering
from app.store.writer.jobs import Batch, Command, CommitListener, Job
from app.store.writer.pause import Pause

log = structlog.get_logger(__name__)

# A longer queue means that storage has stopped; further commands are refused at once.
MAX_WAITING = 10_000
MAX_BATCH = 500
# The pause after a batch that storage refused: reopening the database takes CPU time, and commands
# that arrive meanwhile share the next attempt.
SECONDS_BETWEEN_REFUSALS = 0.05


class Writer:
    """Owns the write connection, its thread, and the queue in front of it."""

    def __init__(self, engine: Engine, listener: CommitListener) -> None:
        self.stats = WriterStats()
        self._engine = engine
        self._listener = listener
        self._waiting: deque[Job] = deque()
        self._finished: deque[Batch] = deque()
        self._closing = False
        self._prepared = False
        self._refused = False
        self._told_of_refusal = False
        self._stopped: AsyncResult[None] = AsyncResult()
        # The operating system's lock, not gevent's: the native thread sleeps on it.
        self._bell = get_original("_thread", "allocate_lock")()
        self._bell.acquire()
        self._pause = Pause()
        self._hub = get_hub()
        loop: Any = self._hub.loop
        # Highest priority within a loop iteration: clients wait for these acknowledgements.
        self._wake = loop.async_(priority=loop.MAXPRI)
        self._settling = False
        self._at_work = False  # the thread, from its signal until the loop has seen the batch
        self._gathering = Gathering(loop, self._begin)

    def start(self) -> None:
        """Prepares the database for this process and starts the thread.

        If storage refuses (another process holds the lock, or the disk is full), clients can still
        read. The first batch that succeeds then prepares the database.
        """
        try:
            with self._engine.begin() as connection:
                open_gap(connection)
            self._prepared = True
        except DBAPIError as error:
            self._refused = self._told_of_refusal = True
            log.error("storage_refuses_writes", reason=str(error))
        self._wake.start(self._settle_soon)
        get_original("_thread", "start_new_thread")(self._run, ())

    def submit(
        self, command: Command, *arguments: Any, after: Job | None = None, **options: Any
    ) -> Job:
        """Queues a command and returns its job without waiting.

        The job's error is the command's own, ``unavailable`` if storage refuses, or ``internal`` on
        a bug. It is refused at once if ``MAX_WAITING`` commands are queued.
        """
        job = Job(command, arguments, options, after)
        if self._closing or len(self._waiting) >= MAX_WAITING:
            job.refuse(unavailable())
            job.settle()
        else:
            self._waiting.append(job)
            self._gather()
        return job

    @property
    def refused(self) -> bool:
        """Whether storage refused the last change."""
        return self._refused

    @property
    def waiting(self) -> int:
        """The number of commands in the queue."""
        return len(self._waiting)

    def let_run(self) -> bool:
        """Blocks the loop while the thread runs commands; returns whether a batch has finished."""
        if self._gathering.active:
            self._gathering.end()
        self._pause.make(expected=self._at_work and not self._finished)
        return bool(self._finished)

    def stop(self, timeout: float = 5.0) -> None:
        """Runs the queued commands and ends the thread.

        Raises ``gevent.Timeout`` after ``timeout`` seconds.
        """
        self._closing = True
        self._ring()
        self._stopped.get(timeout=timeout)

    def _ring(self) -> None:
        if self._bell.locked():
            self._bell.release()

    # --- in the native thread: no gevent, no logging, no Flask -------------------------------

    def _run(self) -> None:
        session: WriteSession | None = None
        while not (self._closing and not self._waiting):
            self._bell.acquire()
            if self._waiting:
                with self._pause.storing:
                    session = self._batch(session)
                if session is None:
                    get_original("time", "sleep")(SECONDS_BETWEEN_REFUSALS)
        if session is not None:
            session.connected.close()
        self._finished.append(Batch([]))
        self._wake.send()

    def _batch(self, session: WriteSession | None) -> WriteSession | None:
        """Commits queued jobs in one transaction; returns the session, or ``None`` if it is broken."""
        jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
        batch = Batch(jobs)
        began = time.monotonic()
        try:
            session = session or WriteSession(self._engine.connect())
            self._commit(session, batch)
            self._prepared = True
            self._refused = self._refused and batch.last == batch.first
            self.stats.committed(len(jobs), time.monotonic() - began)
        except Exception as error:
            _discard(session)
            session = None
            self._refused = isinstance(error, SQLAlchemyError)
            self.stats.failed_batches += 1
            batch.last, batch.failure = batch.first, error
            _fail_all(jobs, error)
        self._finished.append(batch)
        self._wake.send()
        return session

    def _commit(self, session: WriteSession, batch: Batch) -> None:
        """Runs a batch and commits; repeats it with savepoints if a command failed after writing."""
        try:
            with session.connected.begin(), self._pause.running:
                self._run_jobs(session, batch)
        except SpoiltError:
            session.careful = True
            with session.connected.begin(), self._pause.running:
                self._run_jobs(session, batch)
            session.careful = False

    def _run_jobs(self, session: WriteSession, batch: Batch) -> None:
        if not self._prepared:
            open_gap(session.connected)
        batch.first = batch.last = lock_revision(session)
        session.begin_batch()
        for job in batch.jobs:
            batch.last = _run_job(session, job, batch.last)
        if batch.last != batch.first:
            save_revision(session, batch.last)

    # --- on the event loop -------------------------------------------------------------------

    def _gather(self) -> None:
        if self._waiting and not self._at_work and not self._gathering.active:
            self._gathering.start()

    def _begin(self) -> None:
        self._at_work = True
        self._ring()

    def _settle_soon(self) -> None:
        """Settles finished batches now, or leaves them to the greenlet that is settling others.

        A greenlet, because publishing may wait.
        """
        self._at_work = False
        self._gather()
        if not self._settling:
            greenlet(self._settle_all, self._hub).switch()

    def _settle_all(self) -> None:
        self._settling = True
        try:
            while self._finished:
                self._settle(self._finished.popleft())
        finally:
            self._settling = False

    def _settle(self, batch: Batch) -> None:
        if not batch.jobs:
            self._stopped.set(None)
            return
        self._tell_operator(batch)
        # Publish before acknowledging: publishing invalidates caches, and an author may read again
        # right after the acknowledgement (docs/decisions/0008).
        self._publish_safely(batch)
        for job in batch.jobs:
            _settle_safely(job)

    def _tell_operator(self, batch: Batch) -> None:
        """Logs once when storage begins to refuse and once when it accepts again."""
        refusing = batch.failure is not None
        if refusing and not self._told_of_refusal:
            log.error("storage_refuses_writes", reason=str(batch.failure))
        elif self._told_of_refusal and batch.last != batch.first:
            log.warning("storage_accepts_writes_again")
        else:
            return
        self._told_of_refusal = refusing

    def _publish_safely(self, batch: Batch) -> None:
        try:
            self._listener.publish_batch(batch)
        except Exception:  # committed changes must be acknowledged even if they were not published
            log.exception("publish_failed", revision=batch.last)


def _settle_safely(job: Job) -> None:
    try:
        job.settle()
    except Exception:  # the other jobs of the batch must still be settled
        log.exception("settling_failed")


def _run_job(session: WriteSession, job: Job, revision: int) -> int:
    """Runs one command; returns the last revision in use after it."""
    if job.refused or job.overtakes():
        job.refuse(unavailable())
        return revision
    session.begin_command(job.command, revision)
    job.error = None
    try:
        job.result, job.events = job.command(session, *job.arguments, **job.options)
        session.end_command()
        return session.last_revision
    except Exception as error:
        if _storage_failed(error):
            raise
        session.undo_command()
        job.error, job.events = error, []
        return revision


def _storage_failed(error: Exception) -> bool:
    """Whether the whole transaction is lost (disk full, locked, disconnected), not one command."""
    own_fault = (IntegrityError, DataError, ProgrammingError)
    return isinstance(error, DBAPIError) and not isinstance(error, own_fault)


def _fail_all(jobs: list[Job], error: Exception) -> None:
    """Refuses every job of a batch that was not stored."""
    for job in jobs:
        refusal = unavailable() if isinstance(error, SQLAlchemyError) else internal()
        refusal.__cause__ = error
        job.refuse(refusal)


def _discard(session: WriteSession | None) -> None:
    if session is None:
        return
    try:
        session.close()
        session.connected.invalidate()
        session.connected.close()
    except Exception:  # the connection is lost either way, and the thread must continue
        return
