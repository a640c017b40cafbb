"""Consistent copies of a SQLite database that is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


class DamagedCopyError(Exception):
    """A copy failed SQLite's integrity check and has been removed."""


def copy_database(source: Path, target: Path) -> None:
    """Copies a database that may be in use, and checks the integrity of the copy.

    SQLite's online backup (https://www.sqlite.org/backup.html) reads a snapshot and blocks no
    reader or writer. The copy is renamed to ``target`` once it is complete and checked. Raises
    :class:`DamagedCopyError`.
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
