"""The store: reads in one snapshot, writes through the writer thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.store.engines import create_reader_engine, create_writer_engine
from app.store.prepared import DirectSession
from app.store.revision import current_revision
from app.store.session import WriteSession
from app.store.writer.jobs import CommitListener, Job, Revised
from app.store.writer.writer import Writer

Result = TypeVar("Result")


class Store:
    """The database of a process: readable after :meth:`init`, writable after :meth:`start`."""

    def __init__(self) -> None:
        self._url = ""
        self._reader: Engine | None = None
        self._writer: Writer | None = None
        # For SQLite, where a checkout from the pool costs more than the query.
        self._idle: list[DirectSession] = []

    def init(self, url: str) -> None:
        """Binds to a database without opening it."""
        self._url = url
        self._reader = create_reader_engine(url)
        self._writer = None
        self._idle = []

    def start(self, listener: CommitListener) -> None:
        """Starts the writer thread. Call it once, in the serving process, after any fork.

        Raises SQLAlchemy's errors if the database is missing or not migrated.
        """
        with self.reading() as session:
            current_revision(session)
        writer = Writer(create_writer_engine(self._url), listener)
        writer.start()
        self._writer = writer

    def stop(self) -> None:
        """Finishes queued writes and ends the writer thread."""
        if self._writer is not None:
            self._writer.stop()

    @property
    def writer(self) -> Writer:
        """The writer. Fails before :meth:`start`."""
        assert self._writer is not None, "the store has not been started"
        return self._writer

    @property
    def reading_yields(self) -> bool:
        """Whether other greenlets may run during a read: with PostgreSQL, not with SQLite."""
        return not self._url.startswith("sqlite")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yields a read-only session that sees one consistent snapshot."""
        assert self._reader is not None, "the store has not been bound"
        if self.reading_yields:
            with DirectSession(self._reader, autoflush=False) as session:
                yield session
            return
        session = (
            self._idle.pop()
            if self._idle
            else DirectSession(self._reader.connect(), autoflush=False)
        )
        try:
            yield session
        finally:
            session.end_reading()
            self._idle.append(session)

    def write(
        self,
        command: Callable[..., tuple[Result, Sequence[Revised]]],
        *arguments: Any,
        **options: Any,
    ) -> Result:
        """Runs ``command(session, *arguments, **options)`` through the writer.

        Returns its result once the change is on stable storage and has been published.
        Raises the command's :class:`~app.errors.PalabreError`, ``unavailable`` if storage refuses
        the change, or ``internal`` on a bug.
        """
        result: Result = self.writer.submit(command, *arguments, **options).wait()
        return result

    def submit(
        self,
        command: Callable[..., tuple[Any, Sequence[Revised]]],
        *arguments: Any,
        after: Job | None,
        **options: Any,
    ) -> Job:
        """Queues ``command(session, *arguments, **options)`` and returns its job without waiting.

        If storage refuses the job *after*, which precedes this one, this one is refused too.
        """
        return self.writer.submit(command, *arguments, after=after, **options)


__all__ = ["Job", "Store", "WriteSession"]
