"""Replaces a SQLite database by a copy, or renumbers one that was restored by hand."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from app.store.copies.renumber import renumber
from app.store.engines import create_writer_engine

# The bytes of the database file that SQLite locks for as long as a connection is open
# (https://www.sqlite.org/src/file/src/os.h: SHARED_FIRST, SHARED_SIZE).
_SHARED_FIRST, _SHARED_SIZE = 0x40000000 + 2, 510
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
SIDE_FILES = ("-wal", "-shm", "-journal")


class RestoreError(Exception):
    """A restore was refused and nothing was changed; the message says why."""


def restore_database(
    copy: Path,
    target: Path,
    known_versions: Collection[str],
    before_moving: Callable[[], object] = lambda: None,
) -> Path | None:
    """Replaces a database that is not in use by a copy with new revisions.

    Returns the path that the previous database was moved to; ``None`` if there was none. A copy from
    before a migration is accepted, and migrated at the next start. ``before_moving`` is called once
    nothing stands in the way any more. Raises :class:`RestoreError`.
    """
    refuse_if_in_use(target)
    arriving = target.with_name(target.name + ".restoring")
    try:
        _bring(copy, arriving)
        _check(arriving, copy, known_versions)
        _renumber(arriving, above=_last_revision(target))
        _sync(arriving)
        refuse_if_in_use(target)
        before_moving()
        moved = _move_aside(target)
        arriving.rename(target)
    finally:
        _remove(arriving)
    _sync(target.parent)
    return moved


def refuse_if_in_use(database: Path) -> None:
    """Raises :class:`RestoreError` if another process has the database open.

    Each connection of a server holds SQLite's lock on the file. The lock is tested on the file
    itself, because SQLite cannot open a damaged database.
    """
    if not database.exists():
        return
    with database.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError as error:
            raise RestoreError(
                f"{database} is in use. Stop the server and close every shell on it."
            ) from error


def make_new(database: Path, known_versions: Collection[str]) -> int:
    """Renumbers a SQLite database in place, and returns the number of its revisions.

    Raises :class:`RestoreError`, for example if the database is in use.
    """
    _refuse_absence(database)
    refuse_if_in_use(database)
    _check(database, database, known_versions)
    return _renumber(database)


def make_new_on_postgresql(url: str) -> int:
    """Renumbers a PostgreSQL database in place, and returns the number of its revisions.

    Raises :class:`RestoreError` if another connection is open.
    """
    engine = create_writer_engine(url)
    with engine.begin() as connection:
        if connection.scalar(_OTHERS):
            raise RestoreError("The database has other connections. Stop every server.")
        return renumber(connection)


def _renumber(database: Path, above: int = 0) -> int:
    engine = create_writer_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        count = renumber(connection, above)
    engine.dispose()
    return count


def _bring(copy: Path, arriving: Path) -> None:
    """Copies the copy, which stays unchanged and may be in a read-only folder."""
    _remove(arriving)
    _refuse_absence(copy)
    for suffix in ("", "-wal"):  # a copy made by hand may have a write-ahead log beside it
        part = Path(f"{copy}{suffix}")
        if part.exists():
            shutil.copyfile(part, f"{arriving}{suffix}")
            Path(f"{arriving}{suffix}").chmod(0o600)


def _refuse_absence(database: Path) -> None:
    if not database.is_file():
        raise RestoreError(f"{database} does not exist.")


def _check(arriving: Path, copy: Path, known_versions: Collection[str]) -> None:
    try:
        with closing(sqlite3.connect(arriving)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            connection.execute("SELECT revision FROM revision_counter")
    except sqlite3.DatabaseError as error:
        raise RestoreError(f"{copy} is not a Palabre database: {error}.") from error
    if found != "ok":
        raise RestoreError(f"{copy} is damaged: {found}")
    if version is None or version[0] not in known_versions:
        raise RestoreError(f"{copy} comes from a newer Palabre. Upgrade first.")


def _last_revision(database: Path) -> int:
    """The last revision of the present database; 0 if it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=rw", uri=True)) as connection:
            row = connection.execute("SELECT revision FROM revision_counter").fetchone()
            return int(row[0])
    except (sqlite3.DatabaseError, TypeError):
        return 0


def _move_aside(database: Path) -> Path | None:
    """Renames the present database and its side files, and returns the new path."""
    if not database.exists():
        return None
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
    moved = database.with_name(f"{database.stem}-before-restore-{moment}{database.suffix}")
    for suffix in ("", *SIDE_FILES):
        part = Path(f"{database}{suffix}")
        if part.exists():
            part.rename(f"{moved}{suffix}")
    return moved


def _remove(database: Path) -> None:
    for suffix in ("", *SIDE_FILES):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Flushes a file, or the names in a folder, to stable storage."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
