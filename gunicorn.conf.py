"""Gunicorn's configuration: one gevent process, drained on SIGTERM.

Operators set environment variables (``config.py``); the values below are not meant to be changed.
"""

import os
import signal
import sys
import time
from typing import Any

from gevent import monkey
from geventwebsocket.gunicorn.workers import GeventWebSocketWorker


class Worker(GeventWebSocketWorker):
    """Becomes ``app.transport.http.worker.RealtimeWorker``, in the worker process.

    gunicorn imports the worker class in its own process, before the fork. Naming the final class
    would import the whole application there, unpatched, and a reload (SIGHUP) would keep old code.
    """

    def init_process(self) -> None:
        """Patches the standard library, then imports the application."""
        monkey.patch_all()
        from app.transport.http.worker import RealtimeWorker

        self.__class__ = RealtimeWorker
        self.init_process()


HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "5000"

if not (PORT.isascii() and PORT.isdigit() and int(PORT) <= 65535):
    sys.exit(f"PORT must be a number up to 65535, not {PORT!r}.")

bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
wsgi_app = "wsgi:app"
worker_class = Worker

# The number of processes is gunicorn's own setting: WEB_CONCURRENCY, or --workers; by default 1.
worker_connections = (
    10_000  # HTTP; WebSockets are counted by the engine (app/transport/engineio/engine.py)
)
backlog = 4096
keepalive = 75  # seconds an idle HTTP connection stays open
timeout = 30  # seconds without a sign of life before a worker is replaced
graceful_timeout = 10  # seconds for the drain

# The application logs requests itself; gunicorn's own lines go to stderr.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()

# gunicorn's control socket needs a writable home directory, and is not used here.
control_socket_disable = True

NOT_ALONE = (
    "Palabre runs as one process unless PostgreSQL and Redis connect several: {number} workers were "
    "asked for (WEB_CONCURRENCY or --workers), but {missing}. Without them each worker would tell "
    "only its own people about a message. Set REDIS_URL and a DATABASE_URL of PostgreSQL, or start "
    "one worker; one is enough for thousands of connections."
)


def refusal(number: int) -> str | None:
    """The reason why this many workers cannot run, or ``None``."""
    missing = []
    if not os.environ.get("REDIS_URL"):
        missing.append("REDIS_URL is not set")
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        missing.append("DATABASE_URL does not name PostgreSQL")
    if number == 1 or not missing:
        return None
    return NOT_ALONE.format(number=number, missing=" and ".join(missing))


def on_starting(server: Any) -> None:
    """Exits if the command line has set values that cannot work; runs before any socket is bound."""
    cfg = server.cfg
    if cfg.worker_class is not Worker:
        from app.transport.websocket.handshake import NOT_OUR_WORKER

        sys.exit(NOT_OUR_WORKER)
    if (why := refusal(cfg.workers)) is not None:
        sys.exit(why)
    if cfg.max_requests:
        sys.exit("--max-requests would cut open connections regularly. Leave it off.")


def nworkers_changed(server: Any, new_value: int, _old_value: int | None) -> None:
    """Refuses SIGTTIN's second worker where the start would refuse it."""
    if server.WORKERS and (why := refusal(new_value)) is not None:
        server.log.error(why)
        server.num_workers = 1


def on_reload(server: Any) -> None:
    """Ends the old process before SIGHUP starts the new one, because only one may write.

    The listening sockets stay open, so clients wait briefly instead of being refused.
    """
    server.kill_workers(signal.SIGTERM)
    until = time.monotonic() + server.cfg.graceful_timeout
    while server.WORKERS and time.monotonic() < until:
        server.reap_workers()
        time.sleep(0.1)
    server.kill_workers(signal.SIGKILL)


def post_worker_init(worker: Any) -> None:
    """Starts the writer thread and the watchers, which must run in the forked process."""
    from app.operations import serving

    serving.start(worker.wsgi)
