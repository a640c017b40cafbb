"""Palabre itself, started with the command that ``bin/serve`` becomes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.peers.server import Peer
from bench.places import ROOT, SECRET


class Palabre(Peer):
    """The server of this repository."""

    name = "palabre"
    title = "Palabre"
    serves = frozenset(
        {"fanout", "sends", "connections", "slowdisk", "rest", "mix", "storm", "growth", "page"}
    )

    def command(self, _folder: Path) -> Sequence[str | Path]:
        return [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]

    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        return {
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "JWT_SECRET_KEY": SECRET,
            # A few users send here as much as thousands would.
            "RATELIMIT_ENABLED": "false",
            "GUNICORN_CMD_ARGS": "--worker-connections 30000",
        }

    def version(self) -> str:
        def git(*words: str) -> str:
            done = subprocess.run(
                ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
            )
            return done.stdout.strip()

        changed = "" if not git("status", "--porcelain", "app", "config.py") else ", changed"
        return f"commit {git('rev-parse', '--short', 'HEAD')}{changed}, Python {sys.version.split()[0]}"
