"""The Engine.IO server under Socket.IO: bounded, timed by the monotonic clock, never blocking.

python-engineio's :class:`engineio.Server` names its session class through a module global, so
:meth:`Engine._handle_connect` repeats the stock method here; the library is not patched.
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
from app.transport.engineio.protocols import EngineListener, NoListener, SessionEngine
from app.transport.engineio.session import EngineSession
from app.transport.engineio.stats import TransportStats
from app.transport.engineio.sweep import sweep_for_ever
from app.transport.engineio.terms import EngineTerms
from app.transport.loop.drain import drain
from app.transport.loop.quiet_log import QuietLog
from app.transport.websocket.frames import GOING_AWAY, TOO_BIG, Violation
from app.transport.websocket.handshake import HandshakeRefusedError

MAX_TRANSPORT_BYTES = 100_000
"""The most bytes of one WebSocket message or polling POST; more ends the session. An event's own
limit, 64 KB, is answered with a typed error."""

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)  # to Socket.IO

REMEMBERED = ("HTTP_COOKIE", "HTTP_HOST", "HTTP_ORIGIN", "REMOTE_ADDR", "wsgi.url_scheme")
"""The part of the handshake's environment that is kept while the session lives."""

StartResponse = Callable[..., Any]
Reply = dict[str, Any]

log = logging.getLogger(__name__)


class Engine(engineio.Server, SessionEngine):  # type: ignore[misc]  # untyped library
    """An Engine.IO server that stays up against clients that are broken or hostile.

    Beyond :class:`engineio.Server`'s options, in seconds unless their name says otherwise:

    :param connect_deadline: how long a session may live without a joined Socket.IO namespace.
    :param upgrade_deadline: how long polling → WebSocket may take.
    :param send_deadline: how long a client may stall a write.
    :param close_grace: how long queued packets may still leave when a session is closed.
    :param max_queued_messages: past it, or past *max_queued_bytes*, a client reads too slowly.
    :param max_packets_per_post: Engine.IO packets one polling POST may carry.
    :param max_sessions: further ones are refused until some have ended; fewer, if the process may
        not open as many files.
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
        options.setdefault("http_compression", False)  # would run on the event loop
        super().__init__(*args, **options)
        self.terms = EngineTerms(
            ping_interval=self.ping_interval,
            ping_timeout=self.ping_timeout,
            connect_deadline=connect_deadline,
            upgrade_deadline=upgrade_deadline,
            send_deadline=send_deadline,
            close_grace=close_grace,
            max_message_bytes=self.max_http_buffer_size,
            max_packets_per_post=max_packets_per_post,
            max_queued_messages=max_queued_messages,
            max_queued_bytes=max_queued_bytes,
            on_watchers=transport == "watchers",
        )
        self.max_sessions = min(max_sessions, _descriptors_for_sessions())
        self.listener: EngineListener = NoListener()
        self.stats = TransportStats()
        self.quiet_log = QuietLog(log)
        drain.register(self)

    def open_connections(self) -> list[str]:
        """Returns the ids of the sessions that are not being closed."""
        return [sid for sid, session in self.sockets.items() if not session.closing]

    # --- sending and closing

    def send_packet(self, eio_sid: str, pkt: eio.Packet) -> None:
        """Queues a packet for one session; packets for ended sessions are dropped."""
        session = self.sockets.get(eio_sid)
        if session is not None:
            session.send(pkt)

    def close_connection(
        self, eio_sid: str, *, grace: float | None = None, code: int | None = None
    ) -> None:
        """Closes the session and then its TCP connection, without waiting for either.

        Later packets of the client are dropped. Queued ones may still leave within *grace* seconds;
        after them the connection is reset. *code* goes into the WebSocket's Close frame.
        """
        session = self.sockets.get(eio_sid)
        if session is None:
            return
        if code is not None:
            session.close_code = code
        elif drain.begun:
            session.close_code = GOING_AWAY
        session.close(grace=grace)

    def disconnect(self, sid: str | None = None) -> None:
        """Closes one session, as the stock method does; ``None`` closes all of them."""
        for eio_sid in self.open_connections() if sid is None else [sid]:
            self.close_connection(eio_sid)

    def shed(self, eio_sid: str) -> None:
        """Cuts a client that reads too slowly. It reconnects and syncs."""
        session = self.sockets.get(eio_sid)
        if session is None:
            return
        self.stats.slow_consumers += 1
        session.forget_unsent()
        try:
            self.listener.slow_consumer(eio_sid)
        except Exception:
            self.quiet_log.exception("The farewell to a slow consumer failed")
        self.close_connection(eio_sid)

    def forget(self, eio_sid: str) -> None:
        """Forgets a session whose TCP connection is over."""
        self.sockets.pop(eio_sid, None)

    # --- events for Socket.IO

    def handle_message(self, eio_sid: str, data: str | bytes) -> bool:
        """Hands a message to Socket.IO; ``False`` when it cannot be read."""
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
        """Reports to Socket.IO, once, that a session has ended."""
        try:
            self.handlers["disconnect"](eio_sid, reason)
        except Exception:
            self.quiet_log.exception("disconnect handler failed")

    def note_protocol_error(self, error: Exception) -> None:
        """Counts a packet that clients must not send, and logs some of them."""
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
            except KeyError:  # the session ended between two look-ups
                refusal = self._bad_request("Invalid session")
        start_response(refusal["status"], refusal["headers"] + self._cors_headers(environ))
        return [refusal["response"]]

    def _refuse(self, environ: dict[str, Any]) -> Reply | None:
        if polling.asks_for_jsonp(environ):
            return self._bad_request("JSONP is not supported")
        if drain.begun and "sid=" not in environ.get("QUERY_STRING", ""):
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

    def refuse(self, refused: HandshakeRefusedError) -> Reply:
        """Returns the HTTP answer to a refused WebSocket handshake."""
        reply = self._bad_request(str(refused))
        headers = reply["headers"] + refused.headers
        return {**reply, "status": refused.status, "headers": headers}

    def _handle_connect(
        self,
        environ: dict[str, Any],
        start_response: StartResponse,
        transport: str,
        jsonp_index: None = None,
    ) -> Any:
        """Opens a session as the stock method does, with this package's session class."""
        self._start_service_task_once()
        session = EngineSession(self, self.generate_id())
        self.sockets[session.sid] = session
        self.stats.connections_opened += 1
        session.send(self._open_packet(session.sid, transport))
        # Not the environment itself: it holds the request, its buffers and the connection.
        remembered = {name: environ[name] for name in REMEMBERED if name in environ}
        self.handlers["connect"](session.sid, remembered)
        if transport == "websocket":
            return self._connect_websocket(session, environ, start_response)
        session.connected = True
        return self._ok(session.handle_get_request(environ, start_response))

    def _connect_websocket(
        self, session: EngineSession, environ: dict[str, Any], start_response: StartResponse
    ) -> Any:
        reply = session.handle_get_request(environ, start_response)
        if not session.connected:
            session.close(abort=True)
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

    def note_violation(self, violation: Violation) -> None:
        """Counts a broken rule of the WebSocket protocol."""
        if violation.code == TOO_BIG:
            self.stats.oversize_messages += 1
        self.note_protocol_error(violation)

    def _start_service_task_once(self) -> None:
        if self.start_service_task:
            self.start_service_task = False
            self.service_task_handle = self.start_background_task(
                sweep_for_ever, self.sockets, self.terms.sweep_seconds
            )


def _descriptors_for_sessions() -> int:
    """The open files left for sessions; a quarter, or 500, serve requests, database and logs."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return sys.maxsize
    return allowed - min(allowed // 4, 500)
