"""Installs and builds the applications in `examples/` when their sources or the client's change.

Usage: examples.py [name…], all without a name
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pages
from say import ROOT, Stop, main, step

EXAMPLES = ROOT / "examples"
_CLIENT_SOURCES = ("src", "scripts", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json")  # fmt: skip
_MADE = {"node_modules", "dist", "out", ".next", ".expo", "build", "coverage", "test-results"}
_MADE_FILES = {"next-env.d.ts", "expo-env.d.ts", "tsconfig.tsbuildinfo"}


@dataclass(frozen=True)
class Example:
    """The output folder of `npm run build`, and its environment."""

    output: str
    environment: Mapping[str, str] = field(default_factory=dict)


# A static export contains the server's address; tests replace this placeholder by theirs.
ANY_SERVER = "http://palabre.invalid"
KNOWN = {
    "marketplace-expo": Example("dist", {"EXPO_PUBLIC_SERVER_URL": ANY_SERVER}),
    "talemy-next": Example(".next", {"NEXT_PUBLIC_API_URL": ANY_SERVER}),
}


def ensure_built(name: str) -> Path:
    """Installs and builds an example if its sources have changed, and returns its folder."""
    folder, example = EXAMPLES / name, KNOWN[name]
    with _alone(folder):
        client = _ensure_client()
        node = pages.NodeTools.find()
        installed = _ensure_installed(folder, node, client)
        settings = "".join(f"{key}={value}\n" for key, value in sorted(example.environment.items()))
        wanted = _digest(sorted(_sources(folder)), installed + settings)
        stamp = folder / example.output / ".stamp"
        if not _is(stamp, wanted):
            step(f"Building examples/{name}")
            node.environment.update(example.environment)
            node.npm("run", "build", cwd=folder, failing=f"examples/{name} could not be built.")
            stamp.write_text(wanted)
    return folder


def ensure_all(names: Sequence[str]) -> None:
    """Prepares the named examples; all of them if there are no names."""
    for name in names or [name for name in KNOWN if (EXAMPLES / name / "package.json").exists()]:
        if name not in KNOWN:
            raise Stop(f"Unknown example {name!r}. Choose from {', '.join(KNOWN)}.")
        ensure_built(name)


def begin() -> subprocess.Popen[bytes]:
    """Prepares all examples in the background at low priority; tests wait for the one they need."""
    nice = ["nice", "-n", "5"] if shutil.which("nice") else []
    return subprocess.Popen(
        [*nice, sys.executable, __file__],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a test that finds no build repeats it and reports its errors
        stderr=subprocess.DEVNULL,
    )


def _ensure_client() -> str:
    """Builds the package of `clients/typescript` if it has changed; returns its sources' digest."""
    client = pages.CLIENT
    paths = [client / name for name in _CLIENT_SOURCES]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    wanted = _digest(sorted(file for file in files if file.is_file()))
    with _alone(client):
        stamp = client / "node_modules" / ".built"  # outside the published files
        if not (client / "dist").exists() or not _is(stamp, wanted):
            node = pages.ready_node()
            step("Building the client's package")
            node.npm("run", "build", failing="The client's package could not be built.")
            stamp.write_text(wanted)
    return wanted


def _ensure_installed(folder: Path, node: pages.NodeTools, client: str) -> str:
    """Runs `npm ci` if the lock file has changed, and refreshes the client's package if that has."""
    files = [folder / name for name in ("package.json", "package-lock.json", ".npmrc")]
    wanted = _digest(file for file in files if file.exists())
    stamp = folder / "node_modules" / ".stamp"
    if not _is(stamp, wanted):
        step(f"Installing the packages of examples/{folder.name} (npm ci)")
        failing = f"npm ci failed in examples/{folder.name}; see the lines above."
        node.npm("ci", "--no-audit", "--no-fund", "--prefer-offline", cwd=folder, failing=failing)
    # npm copies a package from a folder only once; later changes are copied here.
    copied = folder / "node_modules" / "@palabre" / "client"
    if not _is(copied / ".stamp", client):
        shutil.rmtree(copied, ignore_errors=True)
        copied.mkdir(parents=True)
        shutil.copy(pages.CLIENT / "package.json", copied)
        shutil.copytree(pages.CLIENT / "dist", copied / "dist")
        (copied / ".stamp").write_text(client)
    stamp.write_text(wanted)
    return wanted + client


def _sources(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _MADE]
        files = [name for name in files if name not in _MADE_FILES and not name.endswith(".md")]
        yield from (Path(place, name) for name in files)


def _digest(files: Iterator[Path] | Sequence[Path], more: str = "") -> str:
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds a lock on a folder; the next process finds the work done."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


if __name__ == "__main__":
    main(ensure_all)
