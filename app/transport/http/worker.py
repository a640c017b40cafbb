"""gunicorn's gevent worker, with this package's connection handler and a drain at its end."""

from __future__ import annotations

import logging
import os
import resource
import sys
import time
from typing import Any

import gevent
from gevent.pool import Pool
from geventwebsocket.gunicorn.workers import GeventWebSocketWorker
from gunicorn.arbiter import Arbiter
from gunicorn.http.wsgi import base_environ
from gunicorn.workers.ggevent import VERSION, PyWSGIServer

from app.transport.http.handler import HEADER_SECONDS, RequestHandler
from app.transport.loop import tcp
from app.transport.loop.drain import drain
from app.transport.loop.turns import turns
from app.transport.websocket import handshake

DESCRIPTORS_BESIDE_CONNECTIONS = 100
"""Database files, log files, the hub and its threads."""

ANNOUNCE_SECONDS = 2.0
SPREAD_SECONDS = 2.0
CLOSE_GRACE = 1.0
FINISH_SECONDS = 1.5
QUICK_SECONDS = 1.8
"""gunicorn gives a quick shutdown (SIGINT, SIGQUIT) two seconds."""

log = logging.getLogger(__name__)


class HTTPServer(PyWSGIServer):  # type: ignore[misc]  # untyped library
    """The WSGI server of one listening socket, with the set of its connections."""

    header_seconds = HEADER_SECONDS
    keepalive = 75.0
    access_log = False
    draining = False
    max_accept = 4  # per call; the kernel keeps the others

    def __init__(self, *args: Any, **options: Any) -> None:
        self.handlers: set[RequestHandler] = set()
        super().__init__(*args, **options)

    def _do_read(self) -> None:
        """Queues the accept behind connections accepted before; otherwise thousands would be half
        accepted, each with a greenlet.
        """
        self._watcher.stop()
        turns.spawn(self._accept, self._watcher)

    def _accept(self, watcher: Any) -> None:
        if self._watcher is not watcher:  # the server has stopped accepting meanwhile
            return
        super()._do_read()
        if self._watcher is watcher:
            watcher.start(self._do_read)

    def close_idle(self) -> None:
        """Closes the connections that wait for a request; the others end with their answer."""
        for handler in list(self.handlers):
            if handler.idle and handler.socket is not None:
                tcp.wake_and_shut(handler.socket)


class RealtimeWorker(GeventWebSocketWorker):  # type: ignore[misc]  # untyped library
    """Serves HTTP and WebSocket; on SIGTERM it drains (``app/transport/loop/drain.py``)."""

    server_class = HTTPServer
    wsgi_handler = RequestHandler
    serving = False  # class-wide: whether this process runs under this worker
    hurried = False
    alive: bool

    def init_process(self) -> None:
        """Prepares the process, then serve until a signal ends it."""
        type(self).serving = True
        raise_descriptor_limit(self.cfg.worker_connections, self.log)
        super().init_process()

    def run(self) -> None:
        """Serves; gunicorn calls this once the application is loaded."""
        servers = [self._serve(sock) for sock in self.sockets]
        while self.alive:
            self.notify()
            gevent.sleep(0.2)
        self._leave(servers)

    def notify(self) -> None:
        """Reports to the arbiter that the worker is alive; without an arbiter, leave."""
        self.tmp.notify()
        if self.alive and self.ppid != os.getppid():
            self.log.info("The parent process is gone; leaving")
            self.alive = False

    def handle_quit(self, _sig: int, _frame: Any) -> None:
        """Leaves on SIGINT or SIGQUIT: in order too, but with short deadlines."""
        self.alive = False
        self.hurried = True

    def _serve(self, sock: Any) -> HTTPServer:
        sock.setblocking(1)
        environ = base_environ(self.cfg)
        environ.update({"wsgi.multithread": True, "SERVER_SOFTWARE": VERSION})
        server = self.server_class(
            sock,
            application=self.wsgi,
            spawn=Pool(self.worker_connections),
            log=self.log,
            handler_class=self.wsgi_handler,
            environ=environ,
        )
        server.keepalive = float(self.cfg.keepalive)
        server.access_log = bool(self.cfg.accesslog)
        server.start()
        return server

    # --- leaving

    def _leave(self, servers: list[HTTPServer]) -> None:
        """Takes the steps of ``drain.py``, within ``graceful_timeout``."""
        allowed = self._seconds_to_leave()
        to_finish = min(FINISH_SECONDS, allowed / 3)
        until = time.monotonic() + allowed - to_finish
        drain.begin()
        for server in servers:
            server.draining = True
            server.close()
        drain.announce(min(ANNOUNCE_SECONDS, max(0.1, until - time.monotonic())))
        drain.close_sessions(0.0 if self.hurried else SPREAD_SECONDS, CLOSE_GRACE)
        self._wait_for_requests(servers, until)
        drain.finish(to_finish)

    def _seconds_to_leave(self) -> float:
        """Returns a little less than the arbiter allows."""
        allowed = float(self.cfg.graceful_timeout) - 0.5
        return min(allowed, QUICK_SECONDS) if self.hurried else allowed

    def _wait_for_requests(self, servers: list[HTTPServer], until: float) -> None:
        while _connections_left(servers) and time.monotonic() < until:
            # A polling client may be between two polls: the next one, on the same connection,
            # fetches the farewell.
            if not drain.sessions_left():
                for server in servers:
                    server.close_idle()
            gevent.sleep(0.05)
        left = sum(len(server.handlers) for server in servers)
        if left:
            self.log.warning("Cutting %d connections that did not end in time", left)
        for server in servers:  # no request may run any more when the writer finishes
            server.pool.kill(block=True, timeout=0.2)


def _connections_left(servers: list[HTTPServer]) -> bool:
    return drain.sessions_left() or any(server.handlers for server in servers)


def require_our_worker() -> None:
    """Exits with a helpful message if gunicorn runs a worker of another class."""
    if "gunicorn.app.wsgiapp" in sys.modules and not RealtimeWorker.serving:
        log.critical(handshake.NOT_OUR_WORKER)
        print(handshake.NOT_OUR_WORKER, file=sys.stderr)  # noqa: T201  # logging is not set up yet
        sys.exit(Arbiter.APP_LOAD_ERROR)  # the arbiter gives up instead of trying again


def raise_descriptor_limit(connections: int, logger: Any) -> None:
    """Raises the soft limit of open files to the hard one; log a warning if that is not enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    needed = connections + DESCRIPTORS_BESIDE_CONNECTIONS
    if hard != resource.RLIM_INFINITY and hard < needed:
        logger.warning(
            "This process may open %d files, so it can hold about %d connections, not %d. "
            "Raise the limit (ulimit -Hn, or LimitNOFILE= in systemd) to %d.",
            hard,
            max(0, hard - DESCRIPTORS_BESIDE_CONNECTIONS),
            connections,
            needed,
        )
