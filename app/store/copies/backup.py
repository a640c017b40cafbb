"""A consistent copy of a SQLite database that is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


class DamagedCopyError(Exception):
    """The copy did not pass SQLite's integrity check; it has been removed."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, while others read and write it, and check what came of it.

    SQLite's online backup (https://www.sqlite.org/backup.html) reads a snapshot: it holds nobody up.
    The target gets its name once it is whole. Raises :class:`DamagedCopyError`.
    """
    partial = target.with_name(target.name + ".partial")
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(partial)) as copy,
    ):
        original.backup(copy)
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    partial.chmod(0o600)
    if found != "ok":
        partial.unlink()
        raise DamagedCopyError(found)
    partial.rename(target)
