"""socket.io on Node with better-sqlite3, committing each message or groups of messages."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.peers.server import Peer
from bench.places import BENCH, Missing

_FOLDER = BENCH / "peers" / "node"
_OLDEST = 18


class Node(Peer):
    """One transaction per message."""

    name = "node"
    title = "Node socket.io"
    serves = frozenset({"fanout", "sends", "connections", "slowdisk", "rest", "mix"})
    grouped = "0"

    def install(self) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if (
            node is None
            or npm is None
            or int(_said(node, "--version").strip("v").split(".")[0]) < _OLDEST
        ):
            raise Missing(f"Node {_OLDEST} or newer and npm are needed for the Node peers.")
        lock = hashlib.sha256((_FOLDER / "package-lock.json").read_bytes()).hexdigest()
        stamp = _FOLDER / "node_modules" / ".stamp"
        if stamp.exists() and stamp.read_text() == lock:
            return
        environment = dict(os.environ)
        headers = Path(node).resolve().parent.parent
        if (headers / "include" / "node" / "node.h").exists():
            # The headers that Node ships; node-gyp would download them.
            environment["npm_config_nodedir"] = str(headers)
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=_FOLDER, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Missing(f"npm ci failed in {_FOLDER}:\n{done.stderr[-1500:]}")
        stamp.write_text(lock)

    def command(self, _folder: Path) -> Sequence[str | Path]:
        return [shutil.which("node") or "node", _FOLDER / "server.js"]

    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        return {
            **super().environment(folder, port), "GROUPED": self.grouped, "NODE_ENV": "production"
        }  # fmt: skip

    def version(self) -> str:
        wanted = json.loads((_FOLDER / "package.json").read_text())["dependencies"]
        libraries = ", ".join(f"{name} {wanted[name]}" for name in ("socket.io", "better-sqlite3"))
        return f"Node {_said('node', '--version').strip()}, {libraries}"


class GroupedNode(Node):
    """One transaction for all messages of a loop iteration."""

    name = "node-grouped"
    title = "Node socket.io, grouped commits"
    usually = frozenset({"fanout", "sends", "slowdisk"})
    grouped = "1"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
