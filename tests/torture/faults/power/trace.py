"""The order in which a server writes, flushes and speaks, as its own system calls tell it."""

from __future__ import annotations

import enum
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SHIM = Path(__file__).with_name("shim.c")
DATABASE, WAL = "palabre.db", "palabre.db-wal"
_HEAD = struct.Struct("=IIIIQq")
# The WAL's format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
WAL_HEAD, FRAME_HEAD = 32, 24


class Kind(enum.IntEnum):
    """Kinds of records, by the shim's numbers."""

    WRITE = 1
    TRUNCATE = 2
    FLUSH_BEGINS = 3
    FLUSH_ENDS = 4
    SAY = 5
    UNLINK = 6


class Step(NamedTuple):
    """One record."""

    kind: Kind
    thread: int
    seconds: float  # CLOCK_MONOTONIC
    name: str  # of the file, "" for the folder itself
    offset: int  # of a write; the new size after a truncation
    data: bytes


@dataclass(frozen=True)
class Tracer:
    """A compiled shim, and what has to stand in a server's environment for it to work."""

    library: Path
    trace: Path

    def environment(self, folder: Path) -> dict[str, str]:
        """Settings for a server whose files in ``folder`` are watched."""
        return {
            "LD_PRELOAD": str(self.library),
            "POWER_TRACE": str(self.trace),
            "POWER_FOLDER": str(folder.resolve()),
        }

    def steps(self) -> Iterator[Step]:
        """Everything so far, in order."""
        content = self.trace.read_bytes()
        at = 0
        while at + _HEAD.size <= len(content):
            kind, thread, name_length, length, nanoseconds, offset = _HEAD.unpack_from(content, at)
            at += _HEAD.size
            name = content[at : at + name_length].decode()
            at += name_length
            data = content[at : at + length]
            at += length
            yield Step(Kind(kind), thread, nanoseconds / 1e9, name, offset, data)


def make_tracer(folder: Path) -> Tracer | str:
    """Compile the shim into ``folder``; a sentence if that is impossible here."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        return "a C compiler is needed to trace the server's writes: `apt install gcc libc6-dev`"
    tracer = Tracer(folder / "power_shim.so", folder / "trace")
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(tracer.library), str(SHIM)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"the tracing of writes does not compile here: {done.stderr.strip()[-300:]}"
    return tracer


def ends_commit(step: Step, page_size: int) -> bool:
    """Whether a write to the WAL is the header of a frame that ends a transaction."""
    frame, rest = divmod(step.offset - WAL_HEAD, FRAME_HEAD + page_size)
    is_head = frame >= 0 and rest == 0 and len(step.data) == FRAME_HEAD
    return is_head and step.data[4:8] != b"\0\0\0\0"


def page_size_of(database: bytes) -> int:
    """From the header of a database file."""
    size = int.from_bytes(database[16:18], "big")
    return 65536 if size == 1 else size
