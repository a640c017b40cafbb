"""Files beside the database, each named by a random key.

A file is staged as ``<key>.part``, kept under its name, and only then named by a row: a committed row
never lacks its bytes. Bytes without a row are left by a crash in between; :meth:`Files.sweep` removes
them. A key is 128 random bits, never a hash of the content: equal hashes would tell who else has a file.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

_KEY = re.compile(r"[0-9a-f]{32}")
_PART = ".part"
# A file younger than this may belong to a command that has not committed yet.
ORPHAN_SECONDS = 24 * 3600

# The columns that name files, for sweeping, backup and restore: see :func:`names_files`.
KEY_COLUMNS: list[Column[str]] = []


def names_files(column: Column[str]) -> None:
    """Registers a column whose values are keys of files."""
    KEY_COLUMNS.append(column)


def named_in(session: Session, keys: Collection[str]) -> set[str]:
    """Returns those of some keys, a few hundred at most, that a row of the database names."""
    statements = [select(column).where(column.in_(keys)) for column in KEY_COLUMNS]
    return {key for statement in statements for key in session.scalars(statement)}


class Files:
    """The files of one server. Bound to its folder by :meth:`init`."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def init(self, folder: Path) -> None:
        """Binds to a folder; it is made with the first file."""
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder of all files."""
        assert self._folder is not None, "the files have not been bound to a folder"
        return self._folder

    def stage(self) -> str:
        """Makes an empty staged file, private to this user (0600); returns its key."""
        key = secrets.token_hex(16)
        path = self.staged(key)
        make_private(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return key

    def staged(self, key: str) -> Path:
        """Returns the path of a staged file: its length is how much has arrived."""
        return self.path(key).with_suffix(_PART)

    def path(self, key: str) -> Path:
        """Returns the path of a kept file. Raises ``ValueError`` for what is no key."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not the key of a file")
        return self.folder / key[:2] / key

    def keep(self, key: str) -> Path:
        """Puts a staged file under its name, durably; the row that names it is committed after that.

        Blocks for several ``fsync``: call it in the thread pool. Raises ``FileNotFoundError`` if
        nothing is staged.
        """
        path = self.path(key)
        os.utime(self.staged(key))  # young again: the command that names it has yet to commit
        sync(self.staged(key))
        self.staged(key).rename(path)
        sync_folders(path)
        return path

    def remove(self, key: str) -> None:
        """Removes a file, kept or staged; one that is gone is no error."""
        self.path(key).unlink(missing_ok=True)
        self.staged(key).unlink(missing_ok=True)

    def all_keys(self) -> Iterator[str]:
        """Yields the keys of all files, kept or staged."""
        for path in self.folder.glob("??/*"):
            if _KEY.fullmatch(path.stem):
                yield path.stem

    def old_keys(self) -> set[str]:
        """Returns the keys of all files that no command under way can be about to name."""
        before = time.time() - ORPHAN_SECONDS
        return {key for key in self.all_keys() if self._touched(key) < before}

    def remove_old(self, keys: Iterable[str]) -> None:
        """Removes those of some files that are still old: one may have been kept meanwhile."""
        before = time.time() - ORPHAN_SECONDS
        for key in keys:
            if self._touched(key) < before:
                self.remove(key)

    def _touched(self, key: str) -> float:
        """When a file was last written to, in unix seconds; the present time if it is gone."""
        for path in (self.path(key), self.staged(key)):
            with suppress(FileNotFoundError):
                return path.stat().st_mtime
        return time.time()


def make_private(shard: Path) -> None:
    """Makes the folder of a file and the one above it, for this user alone (0700)."""
    for folder in (shard.parent, shard):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def sync_folders(path: Path) -> None:
    """Has the name of a file, and those of the two folders above it, on stable storage."""
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        sync(folder)


def sync(path: Path) -> None:
    """Has a file, or a folder's names, on stable storage."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
