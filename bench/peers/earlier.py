"""Palabre at an earlier commit, measured beside the present one: the figures show what a change costs."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

from bench.peers.palabre import Palabre
from bench.places import ROOT, WORK, Missing


class Earlier(Palabre):
    """The server of ``--before COMMIT``, with today's Python and packages."""

    name = "before"
    title = "Palabre before"
    usually = frozenset()  # only when it is named
    commit = ""

    @property
    def folder(self) -> Path:  # type: ignore[override]
        """The sources of the commit."""
        return WORK / "before" / self.commit

    def install(self) -> None:
        if not self.commit:
            raise Missing("no --before COMMIT was given")
        if self.folder.exists():
            return
        partial = self.folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        archive = subprocess.Popen(
            ["git", "archive", self.commit], cwd=ROOT, stdout=subprocess.PIPE
        )
        with archive, tarfile.open(fileobj=archive.stdout, mode="r|") as sources:
            sources.extractall(partial, filter="data")
        if archive.returncode:
            raise Missing(f"git has no commit {self.commit}")
        # The pages' script is built, not committed; the server reads it when it starts.
        shutil.copytree(ROOT / "app" / "static" / "build", partial / "app" / "static" / "build")
        partial.rename(self.folder)

    def version(self) -> str:
        return f"commit {self.commit}"
