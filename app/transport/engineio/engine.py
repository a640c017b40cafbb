"""The Engine.IO server under Socket.IO: bounded, timed by the monotonic clock, never waiting.

python-engineio's :class:`engineio.Server` names its session class through a module global, so
:meth:`Engine._handle_connect` is written out here; nothing in the library is patched.
"""

from __future__ import annotations

import logging
import resource
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

import engineio
from engineio import packet as eio

from app.transport.engineio import polling
from app.transport.engineio.outbox import Outbox, is_unasked, size_of_packet
from app.transport.engineio.session import EngineSession
from app.transport.engineio.stats import TransportStats
from app.transport.engineio.sweep import sweep_for_ever
from app.transport.loop import drain
from app.transport.loop.quiet_log import QuietLog
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import GOING_AWAY, TOO_BIG, Violation
from app.transport.websocket.on_greenlets import GreenletTransport
from app.transport.websocket.on_watchers import WatcherTransport

MAX_TRANSPORT_BYTES = 100_000
"""What one WebSocket message or polling POST may hold; more ends the session. An event's own
limit, 64 KB, is answered with a typed error."""

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)  # to Socket.IO

REMEMBERED = ("HTTP_COOKIE", "HTTP_HOST", "HTTP_ORIGIN", "REMOTE_ADDR", "wsgi.url_scheme")
"""Of the handshake, for as long as the session lives."""

StartResponse = Callable[..., Any]
Reply = dict[str, Any]

log = logging.getLogger(__name__)


class Engine(engineio.Server):  # type: ignore[misc]  # untyped library
    """An Engine.IO server that holds its own against clients, broken or hostile.

    Beyond :class:`engineio.Server`'s options, in seconds unless their name says otherwise:

    :param connect_deadline: how long a session may live without a joined Socket.IO namespace.
    :param upgrade_deadline: how long polling → WebSocket may take.
    :param send_deadline: how long a peer may keep a write waiting.
    :param close_grace: how long what is queued may still leave when a session is closed.
    :param max_queued_messages: past it, or past *max_queued_bytes*, a reader is too slow.
    :param max_packets_per_post: Engine.IO packets one polling POST may carry.
    :param max_sessions: more are turned away, until some have ended; fewer, if the process may not
        open as many files.
    :param transport: ``"watchers"`` of the event loop, or ``"greenlets"`` where those do not work.
    """

    sockets: dict[str, EngineSession]
    start_service_task: bool

    def __init__(
        self,
        *args: Any,
        connect_deadline: float = 10.0,
        upgrade_deadline: float = 10.0,
        send_deadline: float = 10.0,
        close_grace: float = 2.0,
        max_queued_messages: int = 500,
        max_queued_bytes: int = 4 * 1024 * 1024,
        max_packets_per_post: int = 256,
        max_sessions: int = 25_000,
        transport: str = "watchers",
        **options: Any,
    ) -> None:
        options.setdefault("async_mode", "gevent")
        options.setdefault("max_http_buffer_size", MAX_TRANSPORT_BYTES)
        options.setdefault("http_compression", False)  # would be done on the event loop
        super().__init__(*args, **options)
        self.connect_deadline = connect_deadline
        self.upgrade_deadline = upgrade_deadline
        self.send_deadline = send_deadline
        self.close_grace = close_grace
        self.max_packets_per_post = max_packets_per_post
        self.max_sessions = min(max_sessions, _descriptors_for_sessions())
        self.on_watchers = transport == "watchers"
        self._limits = (max_queued_messages, max_queued_bytes, send_deadline)
        self.stats = TransportStats()
        self.quiet_log = QuietLog(log)
        drain.register(self)

    def on_slow_consumer(self, eio_sid: str) -> None:
        """Called when a reader is about to be cut; its queue is empty again.

        Override or assign it to say ``session_ended``. It must not wait.
        """

    def handle_inline(self, _eio_sid: str, _data: str | bytes) -> bool:
        """Handle a Socket.IO packet in the event loop itself; ``False`` to have it handled in a
        greenlet, where it may wait. Override or assign it.
        """
        return False

    @property
    def connections_open(self) -> int:
        """Sessions that are not being closed."""
        return sum(not socket.closing for socket in self.sockets.values())

    def open_connections(self) -> list[str]:
        """Their ids."""
        return [sid for sid, socket in self.sockets.items() if not socket.closing]

    # --- sending and closing

    def deliver(self, eio_sid: str, pkt: eio.Packet) -> None:
        """Queue a packet for one session. A session that has ended is not worth a word."""
        socket = self.sockets.get(eio_sid)
        if socket is not None:
            socket.send(pkt)

    send_packet = deliver

    def close_connection(
        self, eio_sid: str, *, grace: float | None = None, code: int | None = None
    ) -> None:
        """Close the session and then its TCP connection, without waiting for either.

        From here on nothing the client sends is acted upon. What was queued before may still
        leave within *grace* seconds; after them the connection is reset. *code* goes into the
        WebSocket's Close frame.
        """
        socket = self.sockets.get(eio_sid)
        if socket is None:
            return
        if code is not None:
            socket.close_code = code
        elif drain.is_draining():
            socket.close_code = GOING_AWAY
        socket.close(grace=grace)

    def disconnect(self, sid: str | None = None) -> None:
        """Stock interface; ``None`` closes everybody."""
        for one in self.open_connections() if sid is None else [sid]:
            self.close_connection(one)

    def shed(self, socket: EngineSession) -> None:
        """Cut a reader that is too slow. It comes back and asks for what it missed."""
        self.stats.slow_consumers += 1
        socket.forget_unsent()
        try:
            self.on_slow_consumer(socket.sid)
        except Exception:
            self.quiet_log.exception("on_slow_consumer failed")
        self.close_connection(socket.sid)

    def forget(self, socket: EngineSession) -> None:
        """The session is over and its TCP connection with it."""
        self.sockets.pop(socket.sid, None)

    # --- events for Socket.IO

    def handle_message(self, eio_sid: str, data: str | bytes) -> bool:
        """Hand a message to Socket.IO; ``False`` when it cannot be read."""
        try:
            self.handlers["message"](eio_sid, data)
        except MALFORMED as error:
            self.stats.malformed_packets += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.quiet_log.warning(
                "Socket.IO packet not understood",
                f"{type(error).__name__} at {where.filename.rpartition('/')[2]}:{where.lineno}",
            )
            return False
        except Exception:
            self.quiet_log.exception("Socket.IO message handler failed")
        return True

    def trigger_disconnect(self, eio_sid: str, reason: str) -> None:
        """Tell Socket.IO, once, that a session has ended."""
        try:
            self.handlers["disconnect"](eio_sid, reason)
        except Exception:
            self.quiet_log.exception("disconnect handler failed")

    def note_protocol_error(self, error: Exception) -> None:
        """Count and, now and then, log what a client should not have sent."""
        self.stats.protocol_errors += 1
        self.quiet_log.warning("Engine.IO session closed", str(error))

    # --- requests

    def handle_request(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """The WSGI entry point."""
        refusal = self._refuse(environ)
        if refusal is None:
            try:
                answer: Iterable[bytes] = super().handle_request(environ, start_response)
                return answer
            except KeyError:  # the session ended between two looks at it
                refusal = self._bad_request("Invalid session")
        start_response(refusal["status"], refusal["headers"] + self._cors_headers(environ))
        return [refusal["response"]]

    def _refuse(self, environ: dict[str, Any]) -> Reply | None:
        if polling.asks_for_jsonp(environ):
            return self._bad_request("JSONP is not supported")
        if drain.is_draining() and "sid=" not in environ.get("QUERY_STRING", ""):
            return self._unavailable("The server is restarting")
        if len(self.sockets) >= self.max_sessions and "sid=" not in environ.get("QUERY_STRING", ""):
            self.quiet_log.warning("Too many sessions; new ones are turned away")
            return self._unavailable("The server is full")
        return None

    def _unavailable(self, message: str) -> Reply:
        return {**self._bad_request(message), "status": "503 Service Unavailable"}

    def _bad_request(self, message: str | None = None) -> Reply:
        reply: Reply = super()._bad_request(message)
        return reply

    bad_request = _bad_request

    def _handle_connect(
        self,
        environ: dict[str, Any],
        start_response: StartResponse,
        transport: str,
        jsonp_index: None = None,
    ) -> Any:
        """Open a session, as stock does, with our session class."""
        self._start_service_task_once()
        socket = EngineSession(self, self.generate_id())
        self.sockets[socket.sid] = socket
        self.stats.connections_opened += 1
        socket.send(self._open_packet(socket.sid, transport))
        # Not the environment itself: it holds the request, its buffers and the connection.
        remembered = {name: environ[name] for name in REMEMBERED if name in environ}
        self.handlers["connect"](socket.sid, remembered)
        if transport == "websocket":
            return self._connect_websocket(socket, environ, start_response)
        socket.connected = True
        return self._ok(socket.handle_get_request(environ, start_response))

    def _connect_websocket(
        self, socket: EngineSession, environ: dict[str, Any], start_response: StartResponse
    ) -> Any:
        reply = socket.handle_get_request(environ, start_response)
        if not socket.connected:
            socket.close(abort=True)
        return reply

    def _open_packet(self, sid: str, transport: str) -> eio.Packet:
        return eio.Packet(
            eio.OPEN,
            {
                "sid": sid,
                "upgrades": self._upgrades(sid, transport),
                "pingTimeout": int(self.ping_timeout * 1000),
                "pingInterval": int(self.ping_interval * 1000),
                "maxPayload": self.max_http_buffer_size,
            },
        )

    def new_outbox(self) -> Outbox[eio.Packet]:
        """For long polling. Answers make nobody slow: many post all they have, and fetch afterwards."""
        max_messages, max_bytes, _ = self._limits
        return Outbox(max_messages, max_bytes, size_of_packet, is_unasked)

    def transport_for(
        self, websocket: WebSocket, owner: EngineSession
    ) -> WatcherTransport | GreenletTransport:
        """What serves a WebSocket from here on."""
        max_messages, max_bytes, _ = self._limits
        if self.on_watchers and websocket.is_plain:
            return WatcherTransport(websocket.detach(), owner, websocket.frames, self._limits)
        return GreenletTransport(websocket, owner, Outbox(max_messages, max_bytes, len))

    def note_violation(self, violation: Violation) -> None:
        """Count a broken rule of the WebSocket protocol."""
        if violation.code == TOO_BIG:
            self.stats.oversize_messages += 1
        self.note_protocol_error(violation)

    def _start_service_task_once(self) -> None:
        if self.start_service_task:
            self.start_service_task = False
            self.service_task_handle = self.start_background_task(sweep_for_ever, self)


def _descriptors_for_sessions() -> int:
    """A quarter, or 500, of the descriptors are for requests, the database and logs."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return sys.maxsize
    return allowed - min(allowed // 4, 500)
