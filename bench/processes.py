"""CPU time, memory, core and priority of processes (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import statistics
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from bench.places import GENERATOR_CORE, SERVER_CORE, Missing

_PRIORITY = -15
_SLICE_NS = 200_000
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}.get(os.uname().machine, -1)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """CPU time (seconds) and memory (kilobytes) of a process and its descendants.

    `busy_seconds` is the CPU time of all processes on the machine.
    """

    cpu_seconds: float
    resident_kb: int
    busy_seconds: float


def on_server_core() -> list[str]:
    """Returns the command prefix that pins a program to the servers' core."""
    return _pinned(SERVER_CORE)


def on_generator_core() -> list[str]:
    """Returns the command prefix that pins a program to the generator's core."""
    return _pinned(GENERATOR_CORE)


def _pinned(core: int) -> list[str]:
    if (os.cpu_count() or 1) < 2:
        raise Missing("Two cores are needed: one for the server, one for the generator.")
    taskset = shutil.which("taskset")
    if taskset is None:
        raise Missing("taskset is needed (Linux, util-linux) to give each program its core.")
    return [taskset, "-c", str(core)]


def put_first(pid: int, priority: int = _PRIORITY) -> None:
    """Raises the priority of a session's leader and its session, if this user may (root)."""
    with contextlib.suppress(OSError):
        _weigh(pid, priority)
        # With autogroups, the kernel compares priorities only within a session.
        Path(f"/proc/{pid}/autogroup").write_text(str(priority))


def _weigh(pid: int, priority: int) -> None:
    """Sets a high priority, and a short time slice so that the process preempts others on waking.

    sched_setattr(2) with SCHED_OTHER; kernels before 6.12 use the priority only.
    """
    attributes = struct.pack("IIQiIQQQ", 48, 0, 0, priority, 0, _SLICE_NS, 0, 0)
    failed = ctypes.CDLL(None, use_errno=True).syscall(_SCHED_SETATTR, pid, attributes, 0)
    if failed:
        raise OSError(ctypes.get_errno(), "sched_setattr")


def family(pid: int) -> list[int]:
    """Returns the ids of a process and its descendants."""
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
    """Returns the usage of a process and its descendants since they started."""
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
    return Usage(seconds, kilobytes, busy_seconds())


def busy_seconds() -> float:
    """Returns the CPU time used on all cores since the machine started, in seconds."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    idle, waiting = fields[3], fields[4]
    guests = sum(fields[8:10])  # included in the other fields
    return (sum(fields) - idle - waiting - guests) / _TICKS


def disk_ms(folder: Path) -> float:
    """Returns the duration of one fdatasync in milliseconds: the median of 15."""
    took = []
    with (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(15):
            probe.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def wait_for_calm(share: float, patience: float) -> None:
    """Sleeps until other processes use less than `share` of a core, at most `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before, began = busy_seconds(), time.monotonic()
        time.sleep(0.4)
        if (busy_seconds() - before) / (time.monotonic() - began) < share:
            return
