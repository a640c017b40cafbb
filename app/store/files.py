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
KEYS_TOGETHER = 500  # in one statement

# The columns that name files, for sweeping, backup and restore: see :func:`names_files`.
KEY_COLUMNS: list[Column[str]] = []


def names_files(column: Column[str]) -> None:
    """Registers a column whose values are keys of files."""
    KEY_COLUMNS.append(column)


def named_in(session: Session, keys: Collection[str]) -> set[str]:
    """Returns those of some keys that a row of the database names."""
    return {
        key
        for column in KEY_COLUMNS
        for some in _batched(sorted(keys), KEYS_TOGETHER)
        for key in session.scalars(select(column).where(column.in_(some)))
    }


def _batched(keys: list[str], size: int) -> Iterator[list[str]]:
    """Yields the keys in lists of at most *size*."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


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
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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

        Blocks for two ``fsync``: call it in the thread pool. Raises ``FileNotFoundError`` if nothing
        is staged.
        """
        path = self.path(key)
        _sync(self.staged(key))
        self.staged(key).rename(path)
        for folder in (path.parent, self.folder):  # the second has the first's name, if it is new
            _sync(folder)
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

    def remove_all(self, keys: Iterable[str]) -> None:
        """Removes several files."""
        for key in keys:
            self.remove(key)

    def _touched(self, key: str) -> float:
        """When a file was last written to, in unix seconds; the present time if it is gone."""
        for path in (self.path(key), self.staged(key)):
            with suppress(FileNotFoundError):
                return path.stat().st_mtime
        return time.time()


def _sync(path: Path) -> None:
    """Has a file, or a folder's names, on stable storage."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
