"""A consistent copy of a SQLite database that is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.store.revision import forget_cursors, lock_revision
from app.store.session import WriteSession


class DamagedCopyError(Exception):
    """The copy did not pass SQLite's integrity check; it has been removed."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, while others read and write it, and check what came of it.

    SQLite's online backup (https://www.sqlite.org/backup.html) reads a snapshot: it holds nobody up.
    The target gets its name once it is whole. Should it be served one day, every client reads
    everything anew. Raises :class:`DamagedCopyError`.
    """
    partial = target.with_name(target.name + ".partial")
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(partial)) as copy,
    ):
        original.backup(copy)
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if found == "ok":
        _forget_cursors_of(partial)
    partial.chmod(0o600)
    if found != "ok":
        partial.unlink()
        raise DamagedCopyError(found)
    partial.rename(target)


def forget_history(session: WriteSession) -> tuple[None, list[Any]]:
    """The command for a database that was restored from a copy made in another way."""
    forget_cursors(session.connection(), session.revision)
    return None, []


def _forget_cursors_of(copy: Path) -> None:
    engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
    with engine.begin() as connection, Session(connection) as session:
        forget_cursors(connection, lock_revision(session))
