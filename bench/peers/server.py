"""The servers to be measured: their base class, and a running one."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.places import ROOT, SECRET, WORK
from bench.processes import on_server_core, put_first

START_SECONDS = 40.0


class Peer:
    """One kind of server. Subclasses install and start it."""

    name = ""
    title = ""
    serves: frozenset[str] = frozenset()  # the workloads it can take part in
    # The workloads ("sends") or cases ("sends 50") it takes part in when `--peers` does not name it;
    # None: all that it serves. Its figures elsewhere are not worth the time.
    usually: frozenset[str] | None = None
    speaks = "socket"  # or chat
    health: str | None = "/healthz"  # None: it has no HTTP, and is ready when it listens
    folder = ROOT  # its working directory

    def takes_part(self, workload: str, case: str, asked_for: bool) -> bool:
        """Whether the server is measured in a case of a workload."""
        if workload not in self.serves:
            return False
        return (
            asked_for
            or self.usually is None
            or bool({workload, f"{workload} {case}"} & self.usually)
        )

    def install(self) -> None:
        """Downloads and builds missing programs. Raises ``Missing``."""

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Returns the command that starts the server."""
        raise NotImplementedError

    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        """Returns the environment variables of the server."""
        return {"PORT": str(port), "DATABASE": str(folder / "palabre.db"), "JWT_SECRET_KEY": SECRET}

    def prepare(self, folder: Path, port: int) -> None:
        """Writes the files that the server needs in its folder before it starts."""

    def version(self) -> str:
        """Returns the version of the server, for the report."""
        return ""


class Running:
    """A running peer on the servers' core, with its own copy of a database; killed at the end."""

    def __init__(
        self, peer: Peer, database: Path | None, extra: Mapping[str, str] | None = None
    ) -> None:
        self.peer = peer
        self.folder = WORK / "servers" / peer.name
        self.port = free_port()
        self._database = database
        self._extra = extra or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of its first process."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Running:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if self._database is not None:
            shutil.copyfile(self._database, self.folder / "palabre.db")
        self.peer.prepare(self.folder, self.port)
        os.sync()  # the copy must not be written to disk during a measurement
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*on_server_core(), *map(str, self.peer.command(self.folder))],
                cwd=self.peer.folder,
                env={
                    **_clean_environment(),
                    **self.peer.environment(self.folder, self.port),
                    **self._extra,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        put_first(self._process.pid)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: Any) -> None:
        # Killed, because an orderly shutdown would disturb the next measurement.
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def log(self) -> str:
        """The output of the server."""
        return (self.folder / "log").read_text(errors="replace")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.peer.title} did not start:\n{self.log()[-2000:]}")

    def _answers(self) -> bool:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            if self.peer.health is None:
                socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
            else:
                direct.open(f"http://127.0.0.1:{self.port}{self.peer.health}", timeout=2).close()
        except OSError:
            return False
        return True


def free_port() -> int:
    """Returns a free port below the range of ephemeral ports."""
    for _ in range(100):
        port = 20_000 + int.from_bytes(os.urandom(2)) % 12_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def _clean_environment() -> dict[str, str]:
    ours = (
        "HOST", "PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "CORS_ORIGINS", "LOG_LEVEL",
        "JWT_ACCESS_TOKEN_EXPIRES", "RATELIMIT_ENABLED", "SECRET_KEY", "JWT_SECRET_KEY",
        "WEB_CONCURRENCY", "TRUSTED_PROXIES",
    )  # fmt: skip
    return {name: value for name, value in os.environ.items() if name not in ours}
