"""A real Palabre server in a process of its own, with its own data folder and a free port."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar

import requests

from tests.support.patience import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "app" / "store" / "migrations"
TEMPLATES = ROOT / ".pytest_cache" / "templates"


def free_port() -> int:
    """A port without a listener now, from below those that the kernel gives to outgoing connections.

    From among those, another connection could take it while the server starts or is down; a client that
    reconnects meanwhile could even reach itself.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # `random` may be seeded alike in every worker
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class Template:
    """An empty, migrated data folder: created once per state of the migrations, then copied."""

    @classmethod
    def copy_to(cls, target: Path) -> None:
        """Fills a new data folder."""
        shutil.copytree(cls._made(), target, dirs_exist_ok=True)

    @staticmethod
    @functools.cache
    def _made() -> Path:
        digest = hashlib.sha256()
        for source in [ROOT / "config.py", *sorted(MIGRATIONS.rglob("*.py"))]:
            digest.update(source.read_bytes())
        made = TEMPLATES / digest.hexdigest()[:16]
        TEMPLATES.mkdir(parents=True, exist_ok=True)
        with (TEMPLATES / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # only one of several workers creates it
            if not made.exists():
                making = Path(tempfile.mkdtemp(dir=TEMPLATES))
                flask("db", "upgrade", DATA_DIR=str(making))
                making.rename(made)
        return made


def flask(*arguments: str, application: str = "wsgi", **settings: str) -> str:
    """Runs a ``flask`` command of an application; returns its output."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", application, *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(**settings: str) -> dict[str, str]:
    """Returns this process's environment with only the given settings of Palabre."""
    ours = {
        "HOST", "PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "CORS_ORIGINS", "LOG_LEVEL",
        "JWT_ACCESS_TOKEN_EXPIRES", "JWT_REFRESH_TOKEN_EXPIRES", "RATELIMIT_ENABLED",
        "SECRET_KEY", "JWT_SECRET_KEY", "WEB_CONCURRENCY",
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, **settings}


class Server:
    """A server, used as a context manager or started and stopped explicitly."""

    application = "wsgi:app"
    QUICK = "tests.support.quick:app"  # for tests that are not about passwords
    started: ClassVar[list[Server]] = []  # and neither stopped nor killed since

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.settings = settings
        self.log_path = data_dir / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        if not (data_dir / "palabre.db").exists() and "DATABASE_URL" not in settings:
            Template.copy_to(data_dir)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        """Starts the server and waits until it is ready."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", self.application],
                cwd=ROOT,
                env=environment(DATA_DIR=str(self.data_dir), PORT=str(self.port), **self.settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()
        self.started.append(self)
        return self

    def stop(self) -> float:
        """Sends SIGTERM, as an operator would; returns the seconds until the exit."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_SECONDS)
        self._ended()
        return time.monotonic() - began

    def kill_worker(self) -> None:
        """Sends SIGKILL to the serving process; the master starts another."""
        os.kill(self.worker_pid(), signal.SIGKILL)

    def kill_all(self) -> None:
        """Sends SIGKILL to master and worker."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE_SECONDS)
        self._ended()

    def _ended(self) -> None:
        self._process = None
        if self in self.started:
            self.started.remove(self)

    def worker_pid(self) -> int:
        """The id of the serving process: the master's youngest child."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(listed.split()[-1])

    @property
    def running(self) -> bool:
        """Whether the server has been started and not stopped."""
        return self._process is not None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The master process."""
        assert self._process is not None, "the server is not running"
        return self._process

    def log(self) -> str:
        """Returns the server's output."""
        return self.log_path.read_text()

    def wait_until_ready(self) -> None:
        """Waits until the server is ready, for example after a kill."""
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return
            time.sleep(0.02)  # polling, with a deadline
        raise AssertionError(f"the server did not become ready:\n{self.log()[-4000:]}")

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_error: Any) -> None:
        if self._process is not None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill_all()
