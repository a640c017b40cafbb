"""The programs in C: the load generator, the limit, the slow disk. Compiled when they have changed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.places import BENCH, WORK, Missing

_FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wno-unused-parameter")


def generator() -> Path:
    """The load generator."""
    folder = BENCH / "generator"
    return _compile("load", sorted(folder.rglob("*.c")), f"-I{folder}")


def limit() -> Path:
    """The server that does nothing but write: what the kernel allows."""
    return _compile("limit", [BENCH / "peers" / "limit.c"])


def slow_disk() -> Path:
    """A library to preload, which makes every fsync take longer."""
    return _compile("slow_disk.so", [BENCH / "slow_disk.c"], "-shared", "-fPIC", "-ldl")


def _compile(name: str, sources: Sequence[Path], *more: str) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Missing("A C compiler is needed for the load generator: apt install gcc libc6-dev")
    headers = sorted({header for source in sources for header in source.parent.glob("*.h")})
    content = b"".join(path.read_bytes() for path in (*sources, *headers))
    made = WORK / "bin" / f"{hashlib.sha256(content).hexdigest()[:12]}-{name}"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        fresh = made.with_suffix(".new")
        subprocess.run([compiler, *_FLAGS, "-o", fresh, *sources, *more], check=True, text=True)
        fresh.rename(made)
    return made
