"""What the kernel knows of a server's processes, and which core they run on."""

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
    """Of a process and all it has started: seconds of processor time, kilobytes of memory.

    `busy_seconds` is what everybody on the machine has used together.
    """

    cpu_seconds: float
    resident_kb: int
    busy_seconds: float


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


def put_first(pid: int, priority: int = _PRIORITY) -> None:
    """Let a session's leader come before what else runs here, where we may (root)."""
    with contextlib.suppress(OSError):
        _weigh(pid, priority)
        # Where the kernel weighs sessions, priorities count only within them.
        Path(f"/proc/{pid}/autogroup").write_text(str(priority))


def _weigh(pid: int, priority: int) -> None:
    """A high priority, and a short slice: whoever wakes up does not wait for another's to end.

    sched_setattr(2) for the ordinary policy; kernels before 6.12 take the priority alone.
    """
    attributes = struct.pack("IIQiIQQQ", 48, 0, 0, priority, 0, _SLICE_NS, 0, 0)
    failed = ctypes.CDLL(None, use_errno=True).syscall(_SCHED_SETATTR, pid, attributes, 0)
    if failed:
        raise OSError(ctypes.get_errno(), "sched_setattr")


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
    return Usage(seconds, kilobytes, busy_seconds())


def busy_seconds() -> float:
    """Processor time that has been used on this machine since it started, on all cores."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    idle, waiting = fields[3], fields[4]
    guests = sum(fields[8:10])  # counted among the others already
    return (sum(fields) - idle - waiting - guests) / _TICKS


def disk_ms(folder: Path) -> float:
    """What one fdatasync takes now, in milliseconds: the median of a few."""
    took = []
    with (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(15):
            probe.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def wait_for_calm(share: float, patience: float) -> None:
    """Return when others use less than a share of one core, or when patience ends."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before, began = busy_seconds(), time.monotonic()
        time.sleep(0.4)
        if (busy_seconds() - before) / (time.monotonic() - began) < share:
            return
