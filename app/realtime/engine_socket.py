"""One Engine.IO session: what the client may send, what waits for it, and how it ends.

Replaces :class:`engineio.socket.Socket`, whose queue has no bound, whose clock is the wall's, and whose
``close()`` waits for a reader who may never come. Protocol: Engine.IO revision 4
(https://socket.io/docs/v4/engine-io-protocol/).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gevent
from engineio import packet as eio
from engineio.socket import Socket as StockSocket
from gevent.event import Event
from gevent.lock import Semaphore
from geventwebsocket.exceptions import WebSocketError

from app.realtime import polling
from app.realtime.deadline import at_most
from app.realtime.outbox import Outbox, wire_frame
from app.realtime.polling import ProtocolError
from app.realtime.websocket import NORMAL, PROTOCOL_ERROR, WebSocket

if TYPE_CHECKING:
    from app.realtime.engine import Engine

UNJOINED_BYTES = 16 * 1024  # for a message before a namespace is joined: CONNECT with its token
MAX_MALFORMED = 20  # packets Socket.IO cannot read, before the session is closed
FAREWELL = 1.0  # seconds a peer has to answer our Close frame (RFC 6455 §7.1.1)
ORDER_PATIENCE = 5.0  # seconds the disconnect event waits for a handler that is still running


class EngineSocket(StockSocket):  # type: ignore[misc]  # untyped library
    """A session over long polling, a WebSocket, or the one after the other."""

    def __init__(self, server: Engine, sid: str) -> None:
        # Not super().__init__(): it makes the unbounded queue and reads the wall clock.
        self.server = server
        self.sid = sid
        self.connected = self.upgrading = self.upgraded = False
        self.closing = self.closed = False
        self.session: dict[str, Any] = {}
        self.outbox = Outbox(server.max_queued_messages, server.max_queued_bytes)
        self.shedding: gevent.Greenlet[..., None] | None = (
            None  # what cuts this session as too slow
        )
        self.close_code = NORMAL
        now = time.monotonic()
        self.ping_at = now + server.ping_interval
        self.pong_by: float | None = None
        self.join_by: float | None = now + server.connect_deadline
        self._namespaces = 0
        self._malformed = 0
        self._polling = self._posting = False
        self._handling = Semaphore(1)
        self._websocket: WebSocket | None = None
        self._written = Event()
        self._read = Event()

    # --- time, on the monotonic clock

    def check(self, now: float, late: float) -> None:
        """Send a ping that is due, or close a session whose time is up.

        *late* is how long the process was stopped: no client's fault.
        """
        if self.closing or self._handling.locked():
            return  # while we are at one of its events, we do not read its pongs
        if self.pong_by is not None and late:
            self.pong_by += late
        if self.join_by is not None and now > self.join_by:
            self.server.stats.never_joined += 1
            self.close(reason=self.server.reason.SERVER_DISCONNECT)
        elif self.pong_by is not None and now > self.pong_by:
            self.server.stats.ping_timeouts += 1
            self.close(reason=self.server.reason.PING_TIMEOUT)
        elif self.pong_by is None and now >= self.ping_at:
            self.pong_by = now + self.server.ping_timeout
            self.send(eio.Packet(eio.PING))

    def _take_pong(self) -> None:
        if self.pong_by is not None:
            self.pong_by = None
            self.ping_at = time.monotonic() + self.server.ping_interval

    # --- sending

    @property
    def max_message(self) -> int:
        """Bytes a message from the client may have: little, before somebody has signed in."""
        allowed: int = self.server.max_http_buffer_size
        return allowed if self._namespaces else min(allowed, UNJOINED_BYTES)

    def send(self, pkt: eio.Packet) -> None:
        """Queue a packet. Past the bounds, the session is cut as a slow consumer."""
        if self.closing or self.shedding not in (None, gevent.getcurrent()):
            return
        if pkt.packet_type == eio.MESSAGE and isinstance(pkt.data, str):
            self._watch_namespaces(pkt.data)
        if not self.outbox.put(pkt):
            self.server.shed(self)

    def _watch_namespaces(self, data: str) -> None:
        # Socket.IO packet types: "0" from us is an accepted CONNECT, "1" a DISCONNECT.
        if data[:1] == "0":
            self._namespaces += 1
            self.join_by = None
            if self._websocket is not None:
                self._websocket.max_message_size = self.max_message
        elif data[:1] == "1":
            self._namespace_left()

    def _namespace_left(self) -> None:
        self._namespaces = max(0, self._namespaces - 1)
        if self._namespaces == 0 and self.join_by is None:
            self.join_by = time.monotonic() + self.server.connect_deadline

    # --- receiving

    def take(self, encoded: str | bytes) -> None:
        """Take one Engine.IO packet from the client; raises :class:`ProtocolError`."""
        if isinstance(encoded, bytes):
            return self._take_message(encoded)
        kind = encoded[:1]
        if kind == "4":
            return self._take_message(encoded[1:])
        if kind == "3":
            return self._take_pong()
        if kind == "1":
            return self.close(abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        raise ProtocolError("a packet type that clients do not send here")

    def _take_message(self, data: str | bytes) -> None:
        if data[:1] == "1":
            self._namespace_left()
        with self._handling:
            if self.closing:
                return  # what a closed session still says is read and dropped
            understood = self.server.handle_message(self.sid, data)
        if not understood:
            self._malformed += 1
            if self._malformed > MAX_MALFORMED:
                raise ProtocolError("too many malformed packets")

    # --- long polling

    def handle_get_request(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Any:
        """Answer a poll with what is waiting, or become a WebSocket."""
        if polling.wants_upgrade(environ):
            return self._upgrade(environ)
        if self.upgrading or self.upgraded:
            return [eio.Packet(eio.NOOP)]
        if self._polling:
            raise ProtocolError("two polls at once")
        self._polling = True
        try:
            return self.poll()
        finally:
            self._polling = False

    def poll(self) -> list[eio.Packet]:
        """Wait for packets for one poll; never empty."""
        packets = self.outbox.take(self.server.ping_interval + self.server.ping_timeout)
        self.outbox.settle()
        if packets or not self.closing:
            return packets or [eio.Packet(eio.NOOP)]
        self._written.set()
        # Alone: the JavaScript client drops the messages that come in one answer with it.
        return [eio.Packet(eio.CLOSE)]

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Take the packets of a POST: all are looked at before the first one is acted upon."""
        if self._posting:
            raise ProtocolError("two posts at once")  # their order would be anybody's guess
        self._posting = True
        try:
            for encoded in polling.read_packets(environ, self.max_message, self.server):
                self.take(encoded)
        finally:
            self._posting = False

    # --- WebSocket

    def _upgrade(self, environ: dict[str, Any]) -> Any:
        websocket = self.server.accept_websocket(environ, self.max_message)
        if not isinstance(websocket, WebSocket):
            return websocket
        if not self.connected or self._probe(websocket):
            self._run(websocket)
        return []

    def _probe(self, websocket: WebSocket) -> bool:
        """The handover from polling: ping "probe", pong "probe", upgrade."""
        with at_most(self.server.upgrade_deadline):
            if websocket.receive() == "2probe" and not (self.upgrading or self.upgraded):
                self.upgrading = True
                try:
                    self.upgraded = self._finish_probe(websocket)
                finally:
                    self.upgrading = False
                if self.upgraded:
                    return True
        websocket.close(PROTOCOL_ERROR, "upgrade failed")
        return False

    def _finish_probe(self, websocket: WebSocket) -> bool:
        websocket.send("3probe")
        if self._polling:  # the client waits for its poll to end before it moves over
            self.outbox.put(eio.Packet(eio.NOOP))
        return websocket.receive() == "5" and not self.closing

    def _run(self, websocket: WebSocket) -> None:
        """Serve the WebSocket until it ends; the greenlet is the request's."""
        self.connected = self.upgraded = True
        self._websocket = websocket
        websocket.max_message_size = self.max_message  # it may have joined during the handover
        writer = gevent.spawn(self._write_all, websocket)
        try:
            self._read_all(websocket)
        finally:
            self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            self._read.set()
            # pywsgi closes the descriptor next: nobody may still be waiting on it.
            writer.join(self.server.close_grace)
            if not writer.dead:
                websocket.abort()
                writer.join()

    def _read_all(self, websocket: WebSocket) -> None:
        while (message := websocket.receive()) is not None:
            try:
                self.take(message)
            except ProtocolError as error:
                self.server.note_protocol_error(error)
                self.close_code = PROTOCOL_ERROR
                self.close(abort=True, reason=self.server.reason.TRANSPORT_ERROR)

    def _write_all(self, websocket: WebSocket) -> None:
        try:
            while packets := self.outbox.take():
                websocket.send_frames(b"".join(map(wire_frame, packets)))
                self.outbox.settle()
        except WebSocketError:
            pass  # the reader notices too
        finally:
            websocket.close(self.close_code)
            self._written.set()

    # --- the end

    def close(
        self,
        wait: bool = True,
        abort: bool = False,
        reason: str | None = None,
        grace: float | None = None,
    ) -> None:
        """Begin to close and return at once; *wait* is part of the stock interface.

        Nothing the client sends counts any more; what is queued has *grace* seconds, unless *abort*.
        """
        if self.closing:
            return
        self.closing = True
        if abort:
            self.outbox.clear()
        elif self._websocket is not None:
            self.outbox.put(eio.Packet(eio.CLOSE), force=True)
        self.outbox.finish()
        gevent.spawn(self._announce_end, reason or self.server.reason.SERVER_DISCONNECT)
        if abort and self._websocket is None and not self._polling:
            grace = 0.0  # nobody is there to be told
        gevent.spawn(self._tear_down, self.server.close_grace if grace is None else grace)

    def _announce_end(self, reason: str) -> None:
        ordered = self._handling.acquire(timeout=ORDER_PATIENCE)
        try:
            self.server.trigger_disconnect(self.sid, reason)
        finally:
            if ordered:
                self._handling.release()

    def _tear_down(self, grace: float) -> None:
        if self._websocket is not None:
            if self._written.wait(grace):
                self._read.wait(FAREWELL)
            if not self._read.ready():
                self._websocket.abort()
        else:
            self._written.wait(grace)
        self.closed = True
        self.server.forget(self)
