"""The peers in Python, in an environment of their own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.peers.server import Peer
from bench.places import BENCH, WORK, Missing

_ENVIRONMENT = WORK / "python"
_FOLDER = BENCH / "peers" / "python"


class _PythonPeer(Peer):
    libraries: Sequence[str] = ()
    folder = _FOLDER

    def install(self) -> None:
        wanted = BENCH / "requirements.txt"
        stamp, now = _ENVIRONMENT / ".installed", hashlib.sha256(wanted.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == now:
            return
        pip = [_ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet"]
        for command in (
            [sys.executable, "-m", "venv", "--clear", _ENVIRONMENT],
            [*pip, "--require-hashes", "-r", wanted],
        ):
            done = subprocess.run(
                [str(word) for word in command], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise Missing(f"bench/requirements.txt did not install:\n{done.stderr[-1500:]}")
        stamp.write_text(now)

    def version(self) -> str:
        asked = (
            "import sys; from importlib.metadata import version;"
            f" print('Python', sys.version.split()[0], *[n + ' ' + version(n) for n in {list(self.libraries)}], sep=', ')"
        )
        done = subprocess.run(
            [_ENVIRONMENT / "bin" / "python", "-c", asked],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip().replace("Python, ", "Python ")


class PlainFlask(_PythonPeer):
    """Flask-SocketIO and the ORM, used as their documentation shows."""

    name = "flask"
    title = "plain Flask-SocketIO"
    serves = frozenset({"fanout", "sends", "slowdisk", "connections", "rest"})
    usually = frozenset({"fanout 50", "sends 50", "connections 1000", "rest"})
    libraries = ("Flask-SocketIO", "Flask-SQLAlchemy", "gevent")

    def command(self, _folder: Path) -> Sequence[str | Path]:
        return [
            _ENVIRONMENT / "bin" / "gunicorn", "--worker-class",
            "geventwebsocket.gunicorn.workers.GeventWebSocketWorker", "--workers", "1",
            "--worker-connections", "30000", "--no-control-socket", "plain:app",
        ]  # fmt: skip

    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        return {
            **super().environment(folder, port),
            "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
        }


class AsyncPython(_PythonPeer):
    """python-socketio's AsyncServer on uvicorn with uvloop."""

    name = "uvicorn"
    title = "python-socketio, uvicorn"
    serves = frozenset({"fanout", "sends", "slowdisk", "connections"})
    usually = frozenset({"fanout 50", "sends 50", "connections 1000"})
    libraries = ("python-socketio", "uvicorn", "uvloop")

    def command(self, _folder: Path) -> Sequence[str | Path]:
        return [
            _ENVIRONMENT / "bin" / "python", "-m", "uvicorn", "asynchronous:app",
            "--loop", "uvloop", "--http", "httptools", "--ws", "websockets",
            "--ws-per-message-deflate", "false", "--no-access-log", "--log-level", "warning",
            "--backlog", "4096",
        ]  # fmt: skip

    def environment(self, folder: Path, port: int) -> Mapping[str, str]:
        return {**super().environment(folder, port), "UVICORN_PORT": str(port)}
