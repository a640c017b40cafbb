"""What the kernel knows of a server's processes, and which core they run on."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.places import GENERATOR_CORE, SERVER_CORE, Missing

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Of a process and all it has started: seconds of processor time, kilobytes of memory."""

    cpu_seconds: float
    resident_kb: int


def on_server_core() -> list[str]:
    """What to put before a command so that it runs on the servers' core."""
    return _pinned(SERVER_CORE)


def on_generator_core() -> list[str]:
    """What to put before a command so that it runs on the generator's core."""
    return _pinned(GENERATOR_CORE)


def _pinned(core: int) -> list[str]:
    if (os.cpu_count() or 1) < 2:
        raise Missing("Two cores are needed: one for the server, one for the generator.")
    taskset = shutil.which("taskset")
    if taskset is None:
        raise Missing("taskset is needed (Linux, util-linux) to give each program its core.")
    return [taskset, "-c", str(core)]


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += family(int(child))
    return found


def usage(pid: int) -> Usage:
    """What a process and its descendants have used until now."""
    seconds, kilobytes = 0.0, 0
    for each in family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            status = Path(f"/proc/{each}/status").read_text()
        except OSError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / _TICKS
        kilobytes += next(
            (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0
        )
    return Usage(seconds, kilobytes)
