"""The files that a copy of a database names, beside it: ``FILE`` is the copy, ``FILE.d/`` its files."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from app.store.files import KEY_COLUMNS, Files, make_private, sync, sync_folders


def beside(copy: Path) -> Path:
    """Returns the folder of a copy's files."""
    return copy.with_name(copy.name + ".d")


def copy_files(copy: Path, files: Files) -> int:
    """Puts the files that a copy names beside it; returns how many.

    They are linked where the file system allows it, since a kept file never changes, and copied
    elsewhere. A file that is gone by now was deleted after the copy was taken.
    """
    return sum(_bring(files.path(key), beside(copy) / key[:2] / key) for key in named_keys(copy))


def keep_files(moved: Path, files: Files) -> None:
    """Puts its files beside a database that another replaces, which need not name all of them."""
    with suppress(sqlite3.DatabaseError):  # a damaged one names none that could be read
        copy_files(moved, files)


def bring_files(copy: Path, files: Files) -> int:
    """Puts the files beside a copy among the server's own; returns how many were not there."""
    kept = Files()
    kept.init(beside(copy))
    return sum(_bring(kept.path(key), files.path(key)) for key in kept.all_keys())


def named_keys(database: Path) -> Iterator[str]:
    """Yields the keys of all files that a SQLite database names."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for column in KEY_COLUMNS:
            if not _exists(connection, column.table.name):
                continue  # a copy from before the migration that made it
            name = f'SELECT "{column.name}" FROM "{column.table.name}"'  # noqa: S608  (our own names)
            yield from (key for (key,) in connection.execute(name) if key is not None)


def _exists(connection: sqlite3.Connection, table: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return found is not None


def _bring(source: Path, target: Path) -> bool:
    """Links or copies a file; returns whether it was there and its target was not."""
    if target.exists() or source.is_symlink() or not source.is_file():
        return False  # a link in a copy could lead anywhere
    make_private(target.parent)
    try:
        os.link(source, target)
    except FileNotFoundError:
        return False
    except OSError:  # another file system, or one without links
        partial = target.with_suffix(".part")
        shutil.copyfile(source, partial)
        partial.chmod(0o600)
        sync(partial)
        partial.rename(target)
    sync_folders(target)
    return True
