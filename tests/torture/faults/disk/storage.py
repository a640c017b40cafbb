"""Storage that refuses: full, locked by another process, read-only. And gives in again."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.server import Server

BLOCK = b"\0" * 4096


@contextmanager
def small_disk(folder: Path, megabytes: int = 3) -> Iterator[bool]:
    """Put a small file system under ``folder``; whether that was possible (it takes root)."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = _works(command)
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full_disk(server: Server, small: bool) -> Iterator[None]:
    """Not a byte is left: on a small disk for real, elsewhere by a limit set on the worker."""
    if small:
        filler = server.data_dir / "filler"
        _fill(filler)
        try:
            yield
        finally:
            filler.unlink()
    else:
        worker = server.worker_pid()
        before = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                resource.prlimit(worker, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Another process is writing and does not come to an end."""
    other = sqlite3.connect(server.data_dir / "palabre.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def read_only(server: Server) -> Iterator[bool]:
    """The files cannot be written any more; whether that was possible (root, and ext4 or so)."""
    # Not the -shm file: it is mapped into memory, and a file system that really turns read-only
    # leaves what is mapped alone.
    files = [str(server.data_dir / name) for name in ("palabre.db", "palabre.db-wal")]
    done = _works(["chattr", "+i", *files])
    try:
        yield done
    finally:
        if done:
            subprocess.run(["chattr", "-i", *files], check=True)


def _fill(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with suppress(OSError):
        while True:
            os.write(descriptor, BLOCK)
    os.close(descriptor)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
