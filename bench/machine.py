"""The machine on which the figures were measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path


def description() -> dict[str, str]:
    """Returns the hardware and software that affect the figures."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) // 1024 // 1024} GB",
        "kernel": platform.release().split("-")[0],
        "system": _first("/etc/os-release", "PRETTY_NAME", "=").strip('"'),
        "SQLite of Python": sqlite3.sqlite_version,
        "clients": "on the same machine, over the loopback interface",
    }


def _first(path: str, name: str, separator: str = ":") -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(separator)
        if key.strip() == name:
            return value.strip()
    return "unknown"
