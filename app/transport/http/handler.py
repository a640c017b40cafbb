"""One HTTP connection: limits and deadlines around gevent's pywsgi, and the upgrade to WebSocket."""

from __future__ import annotations

import errno
import logging
import socket as stdlib_socket
import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent.pywsgi import Input, WSGIHandler
from geventwebsocket.handler import WebSocketHandler
from gunicorn.workers.ggevent import PyWSGIHandler
from werkzeug.exceptions import ClientDisconnected

from app.transport.http.headers import read_headers
from app.transport.loop import tcp
from app.transport.loop.deadline import at_most, patience
from app.transport.loop.quiet_log import QuietLog
from app.transport.loop.turns import turns
from app.transport.websocket import handshake
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import Violation

HEADER_SECONDS = 15.0
BODY_SECONDS = 30.0
SEND_SECONDS = 30.0
MAX_DISCARD = 64 * 1024
"""An unread request body up to this size is discarded to keep the connection; past it, it closes."""

SEND_BUFFER = 128 * 1024
"""For a WebSocket; by default the kernel would buffer megabytes for a slow reader."""

quiet_log = QuietLog(logging.getLogger(__name__))


class RequestBody(Input):
    """A request body with a deadline."""

    __slots__ = ("_until", "handler")

    def __init__(self, handler: RequestHandler, stock: Input) -> None:
        super().__init__(stock.rfile, stock.content_length, stock.socket, stock.chunked_input)
        self.handler = handler
        self._until = 0.0

    def read(self, length: int | None = None) -> bytes:
        """Reads; raises ``ClientDisconnected`` (a 400) when the client leaves or misses the deadline."""
        with self._deadline():
            data: bytes = super().read(length)
        return data

    def readline(self, size: int | None = None) -> bytes:
        """Reads a line; raises as :meth:`read` does."""
        with self._deadline():
            line: bytes = super().readline(size)
        return line

    def _deadline(self) -> _BodyDeadline:
        now = time.monotonic()
        if not self._until:
            self._until = now + patience(BODY_SECONDS, self.content_length or 0)
        return _BodyDeadline(self.handler, self._until - now)

    def hangs_up(self) -> bool:
        """Whether the unread rest is too long to be discarded after the answer."""
        return self.chunked_input or self._left > MAX_DISCARD

    @property
    def _left(self) -> int:
        return (self.content_length or 0) - int(self.position)

    def _discard(self) -> None:
        """Discards a short unread rest; after a long one the connection closes behind the answer."""
        if self.handler.close_connection or self.hangs_up():
            self.handler.close_connection = True
            self.handler.must_linger = self.chunked_input or self._left > 0
            return
        try:
            super()._discard()  # type: ignore[misc]  # the stubs leave it out
        except (OSError, ClientDisconnected):
            self.handler.close_connection = True


class _BodyDeadline:
    """Turns every failure of reading a body into ``ClientDisconnected``."""

    def __init__(self, handler: RequestHandler, seconds: float) -> None:
        self._handler = handler
        self._timeout = gevent.Timeout(max(seconds, 0.001))

    def __enter__(self) -> None:
        self._timeout.start()

    def __exit__(self, _kind: Any, error: BaseException | None, _traceback: Any) -> None:
        self._timeout.close()
        if error is self._timeout or isinstance(error, OSError):
            self._handler.close_connection = True
            raise ClientDisconnected from None


class RequestHandler(PyWSGIHandler, WebSocketHandler, handshake.UpgradableRequest):  # type: ignore[misc]  # untyped libraries
    """Serves the requests of one connection.

    gevent-websocket's handler answers 101 before the application is called; this one offers the
    upgrade to the application instead (:data:`app.transport.websocket.handshake.UPGRADE`).
    """

    idle = True  # no request has arrived whole: closing now loses nothing
    must_linger = False
    socket: Any
    wsgi_input: Any
    environ: dict[str, Any]
    served = 0
    ignored_socket_errors = (
        errno.EPIPE,
        errno.ECONNRESET,
        errno.ECONNABORTED,
        errno.ETIMEDOUT,
        errno.ENOTCONN,
        errno.EBADF,
    )

    def handle(self) -> None:
        """Serves the connection, registered with the server while it lasts."""
        self.server.handlers.add(self)
        try:
            super().handle()
        finally:
            self.server.handlers.discard(self)
            self.environ = {}  # it refers to the handler: no cycle is left for the garbage collector

    # --- reading the head, in time and within bounds

    def handle_one_request(self) -> Any:
        """Serves one request; an endless head is cut after :data:`HEADER_SECONDS`."""
        self._head = gevent.Timeout()
        try:
            return super().handle_one_request()
        except gevent.Timeout as timeout:
            if timeout is not self._head:
                raise
            return _answer("408 Request Timeout")
        finally:
            self._head.close()
            if self.must_linger and self.socket is not None:
                tcp.linger(self.socket)

    def read_requestline(self) -> str:
        """Waits for a request to begin; from its first byte on, its head has a deadline."""
        limit = self.server.keepalive if self.served else self.server.header_seconds
        self.idle, waited_from, first = True, time.monotonic(), b""
        with at_most(limit):
            first = self.rfile.peek(1)
        if not first:
            return ""
        self.served += 1
        waited = 0.0 if self.served > 1 else time.monotonic() - waited_from
        # Neither thousands that connect at once nor a client that sends back-to-back requests is
        # served before the clients already queued.
        self.idle = False  # not cut if the process leaves meanwhile
        turns.wait()
        self.idle = True
        self._head = gevent.Timeout.start_new(max(0.01, self.server.header_seconds - waited))
        line: str = super().read_requestline()
        return line

    def MessageClass(self, *_args: Any) -> Any:  # pywsgi's name
        """Returns the header block; with it, the head is complete."""
        headers = read_headers(self.rfile)
        self._head.close()
        self.idle = False
        return headers

    def _handle_client_error(self, ex: Exception) -> Any:
        # The stock method writes a line per occurrence, with a traceback for some.
        quiet_log.warning("Bad request", str(ex))
        return _answer(getattr(ex, "status", "400 Bad Request"))

    # --- the request

    def get_environ(self) -> dict[str, Any]:
        """Returns the WSGI environment, with a deadline on the body and the offer of an upgrade."""
        environ: dict[str, Any] = super().get_environ()
        # Stock hands the bare connection to any request with an Upgrade header.
        self.wsgi_input = RequestBody(self, self.wsgi_input)
        environ["wsgi.input"] = self.wsgi_input
        environ["wsgi.input_terminated"] = True
        environ[handshake.UPGRADE] = self
        return environ

    def run_application(self) -> None:
        """Calls the application, for a WebSocket as for any other request."""
        WSGIHandler.run_application(self)

    def accept_websocket(
        self,
        *,
        max_message_size: int,
        send_deadline: float,
        on_violation: Callable[[Violation], None],
    ) -> WebSocket:
        """Turns the request into a WebSocket, or raises :class:`.handshake.HandshakeRefusedError`.

        The connection closes when the application returns.
        """
        headers = handshake.response_headers(self.environ)
        self.socket.setsockopt(stdlib_socket.SOL_SOCKET, stdlib_socket.SO_SNDBUF, SEND_BUFFER)
        WSGIHandler.start_response(self, "101 Switching Protocols", headers)
        self.close_connection = True
        self.write(b"")
        return WebSocket(
            self,
            max_message_size=max_message_size,
            send_deadline=send_deadline,
            on_violation=on_violation,
        )

    def release(self) -> int:
        """Returns the descriptor of a WebSocket, which the caller owns; this handler is done with it."""
        sock, self.socket = self.socket, None
        descriptor: int = sock.detach()
        return descriptor

    # --- answering

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Any:
        """Begins the answer; the last one of a connection says ``Connection: close`` (RFC 9112 §9.6).

        It is the last when the client requests that, when the rest of its body stays unread, and
        while the process leaves. Polls are exempt from the latter: the next poll fetches the
        farewell, and a new connection would be refused.
        """
        if self.wsgi_input.hangs_up():
            self.close_connection = True
        # In HTTP/1.0, pywsgi sends the header itself.
        asked = self.close_connection and self.request_version == "HTTP/1.1"
        if asked or (self.server.draining and not is_poll(self.environ)):
            headers = [*headers, ("Connection", "close")]
        return WSGIHandler.start_response(self, status, headers, exc_info)

    def _sendall(self, data: bytes | bytearray) -> None:
        """Sends within a deadline, so that a client that does not read holds the greenlet briefly."""
        try:
            tcp.send_all(self.socket, bytes(data), SEND_SECONDS)
        except OSError:
            self.close_connection = True
            raise
        self.response_length += len(data)

    def log_request(self) -> None:
        """Writes gunicorn's access log, when it is on; the application writes its own."""
        if self.server.access_log:
            super().log_request()


def _answer(status: str) -> tuple[str, bytes]:
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    return status, head.encode("ascii")


def is_poll(environ: dict[str, Any]) -> bool:
    """Whether the request belongs to a session over long polling."""
    query = environ.get("QUERY_STRING", "")
    return "transport=polling" in query and "sid=" in query
