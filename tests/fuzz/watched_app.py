"""Palabre, quick about passwords, with a window to look into its process."""

from __future__ import annotations

import gc
import os

import gevent

from tests.support.quick import app


@app.get("/watched")
def watched() -> dict[str, int]:
    """What a process that serves must not collect."""
    gc.collect()
    alive = sum(isinstance(found, gevent.Greenlet) and bool(found) for found in gc.get_objects())
    with open("/proc/self/statm") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {
        "greenlets": alive,
        "descriptors": len(os.listdir("/proc/self/fd")),
        "resident_bytes": resident,
    }
