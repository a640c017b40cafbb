"""Creates the virtual environment in `.venv`, and installs requirements that have changed.

It runs on the machine's own Python, so it uses only the standard library.
Usage: environment.py [dev] [node]
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from say import ROOT, Stop, main, run, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_SETS = {
    "": "the server's packages",
    "dev": "the test packages",
    "node": "Node, to build the pages' script",
}


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Holds a lock, so that only one script at a time sets up the folder."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def ensure(*sets: str) -> None:
    """Creates `.venv` if necessary, and installs sets of requirements ("" is the application's)."""
    with one_at_a_time():
        if not _works():
            _make()
        for name in sets:
            _install(name)


def install_node() -> None:
    """Installs Node from its wheel. The caller must hold the lock."""
    _install("node")


def _works() -> bool:
    if not PYTHON.exists():
        return False
    probe = subprocess.run([PYTHON, "-c", ""], capture_output=True, check=False)
    return probe.returncode == 0


def _make() -> None:
    step(f"Creating a virtual environment in .venv (Python {sys.version.split()[0]})")
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        run(
            [sys.executable, "-m", "venv", VENV],
            failing="Python could not create a virtual environment.",
        )
    elif _uv():
        run([_uv(), "venv", "--python", sys.executable, VENV], failing="uv could not create .venv.")
    else:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Stop(
            f"This Python ({sys.executable}) cannot create virtual environments; Debian packages that part separately.\n"
            f"Install it with `apt install python{version}-venv`, or install uv, then try again."
        )


def _install(name: str) -> None:
    requirements = ROOT / (f"requirements-{name}.txt" if name else "requirements.txt")
    stamp = VENV / f".installed-{name or 'app'}"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    step(f"Installing {_SETS[name]} ({requirements.name})")
    run(
        [*_installer(), "--require-hashes", "-r", requirements],
        failing=f"Installing {requirements.name} failed; see the lines above. Is this machine online?",
    )
    stamp.write_text(wanted)


def _installer() -> Sequence[str | Path]:
    if (VENV / "bin" / "pip").exists():
        return [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if _uv():
        return [_uv(), "pip", "install", "--quiet", "--python", PYTHON]
    raise Stop(
        "The environment in .venv has no pip, and uv is not installed. Remove .venv and try again."
    )


def _uv() -> str:
    return shutil.which("uv") or ""


def _main(arguments: Sequence[str]) -> None:
    ensure("", *arguments)


if __name__ == "__main__":
    main(_main)
