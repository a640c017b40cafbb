"""One Engine.IO session: what the client may send, what waits for it, and how it ends.

Takes the place of :class:`engineio.socket.Socket`, whose queue has no bound, whose clock is the wall's,
and whose ``close()`` waits for a reader who may never come. Protocol: Engine.IO revision 4
(https://socket.io/docs/v4/engine-io-protocol/).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engineio import packet as eio
from gevent.event import Event

from app.transport.engineio import polling
from app.transport.engineio.long_poll import LongPoll
from app.transport.engineio.outbox import wire_frame
from app.transport.engineio.polling import ProtocolError
from app.transport.engineio.receive_queue import ReceiveQueue
from app.transport.engineio.upgrade import accept_websocket, probe
from app.transport.loop.turns import turns
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import NORMAL, PROTOCOL_ERROR, Violation
from app.transport.websocket.on_greenlets import GreenletTransport
from app.transport.websocket.on_watchers import WatcherTransport

if TYPE_CHECKING:
    from app.transport.engineio.engine import Engine

UNJOINED_BYTES = 16 * 1024  # for a message before a namespace is joined: CONNECT with its token
MAX_MALFORMED = 20  # packets Socket.IO cannot read, before the session is closed
ORDER_PATIENCE = 5.0  # seconds the disconnect event waits for a handler that is still running
CLOSE_PACKET = wire_frame(eio.Packet(eio.CLOSE))


class EngineSession:
    """A session over long polling, a WebSocket, or the one after the other."""

    __slots__ = (
        "_busy", "_malformed", "_namespaces", "close_code", "closed", "closing",
        "connected", "inbox", "join_by", "long_poll", "ping_at", "pong_by", "server", "sid", "transport",
        "upgraded", "upgrading",
    )  # fmt: skip

    def __init__(self, server: Engine, sid: str) -> None:
        self.server = server
        self.sid = sid
        self.connected = self.upgrading = self.upgraded = False
        self.closing = self.closed = False
        self.long_poll: LongPoll | None = None  # until a transport takes over
        self.transport: WatcherTransport | GreenletTransport | None = (
            None  # not while it polls, nor later
        )
        self.close_code = NORMAL
        now = time.monotonic()
        self.ping_at = now + server.ping_interval
        self.pong_by: float | None = None
        self.join_by: float | None = now + server.connect_deadline
        self._namespaces = self._malformed = 0
        self.inbox: ReceiveQueue | None = None  # while there is something in it
        self._busy: Event | None = None  # while one of its messages is being handled

    # --- time, on the monotonic clock

    def check(self, now: float, late: float) -> None:
        """Send a ping that is due, or close a session whose time is up.

        *late* is how long the process was stopped: no client's fault.
        """
        if self.closing:
            return
        if self.transport is not None and self.transport.stalled(now, late):
            self.transport.abort()
        elif self._busy is None:  # while we are at one of its events, we do not read its pongs
            self._check_clocks(now, late)

    def _check_clocks(self, now: float, late: float) -> None:
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
        """Send or queue a packet. Past the bounds, the session is cut as a slow consumer."""
        if self.closing:
            return
        if pkt.packet_type == eio.MESSAGE and pkt.data[:1] in ("0", "1"):
            self._watch_namespaces(pkt.data)
        if not self._put(pkt):
            self.server.shed(self)

    def _put(self, pkt: eio.Packet) -> bool:
        if self.transport is not None:
            return self.transport.write(wire_frame(pkt))
        if self.long_poll is None:
            self.long_poll = LongPoll(self.server)
        return self.long_poll.outbox.put(pkt)

    def forget_unsent(self) -> None:
        """Drop what waits for a slow reader."""
        if self.transport is not None:
            self.transport.forget_unsent()
        elif self.long_poll is not None:
            self.long_poll.outbox.clear()

    def _watch_namespaces(self, data: str) -> None:
        # Socket.IO packet types: "0" from us is an accepted CONNECT, "1" a DISCONNECT.
        if data[:1] == "0":
            self._namespaces += 1
            self.join_by = None
            if self.transport is not None:
                self.transport.frames.max_message_size = self.max_message
        else:
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
        """Have a message handled, after the one before it."""
        while self._busy is not None:
            self._busy.wait()
        busy = self._busy = Event()
        try:
            self._handle(data)
        finally:
            self._busy = None
            busy.set()

    def _handle(self, data: str | bytes) -> None:
        if self.closing:
            return  # what a closed session still says is read and dropped
        if data[:1] == "1":
            self._namespace_left()
        if not self.server.handle_message(self.sid, data):
            self._malformed += 1
            if self._malformed > MAX_MALFORMED:
                raise ProtocolError("too many malformed packets")

    # --- what a transport tells us

    def arrived(self, message: str | bytes) -> None:
        """A WebSocket message. On the loop itself only what never waits is handled here and now."""
        may_wait = isinstance(message, bytes) or message[:1] == "4"
        try:
            if may_wait and self.transport is not None and not self.transport.waits:
                self._handle_soon(message)
            else:
                self.take(message)
        except ProtocolError as error:
            self.give_up(error)

    def _handle_soon(self, message: str | bytes) -> None:
        if self.inbox is None:
            if self._busy is None and self.server.handle_inline(self.sid, message[1:]):
                return
            self.inbox = ReceiveQueue(self)
        self.inbox.put(message)

    @property
    def joined(self) -> bool:
        """Whether it speaks in a namespace: somebody has signed in."""
        return self._namespaces > 0

    def lost(self, violation: Violation | None) -> None:
        """The peer has gone, or broke the protocol."""
        if violation is not None:
            self.server.note_violation(violation)
        self._begin_to_close(self.server.reason.TRANSPORT_CLOSE)

    def gone(self) -> None:
        """Its TCP connection is over, and with it the session."""
        self._begin_to_close(self.server.reason.TRANSPORT_CLOSE)
        self.closed = True
        self.transport = None  # which names us: nothing is left to the collector
        self.server.forget(self)

    def give_up(self, error: ProtocolError) -> None:
        """End a session that says what Engine.IO does not know."""
        self.server.note_protocol_error(error)
        self.close_code = PROTOCOL_ERROR
        self.close(abort=True, reason=self.server.reason.TRANSPORT_ERROR)

    # --- long polling

    def handle_get_request(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Any:
        """Answer a poll with what is waiting, or become a WebSocket."""
        if polling.wants_upgrade(environ):
            return self._upgrade(environ)
        if self.upgrading or self.upgraded or self.long_poll is None:
            return [eio.Packet(eio.NOOP)]
        return self.long_poll.fetch()

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Take the packets of a POST: all are looked at before the first one is acted upon."""
        if self.long_poll is None:
            raise ProtocolError("a post to a WebSocket")
        with self.long_poll.one_post_at_a_time():
            for encoded in polling.read_packets(environ, self.max_message, self.server):
                self.take(encoded)

    # --- becoming a WebSocket

    def _upgrade(self, environ: dict[str, Any]) -> Any:
        websocket = accept_websocket(self.server, environ, self.max_message)
        if not isinstance(websocket, WebSocket):
            return websocket
        if not self.connected or probe(self, websocket):
            self._move_to(self.server.transport_for(websocket, self))
        return []

    def _move_to(self, transport: WatcherTransport | GreenletTransport) -> None:
        """Send by *transport* from now on, beginning with what the last poll did not fetch."""
        self.connected = self.upgraded = True
        self.transport = transport
        transport.frames.max_message_size = self.max_message  # it may have joined meanwhile
        polled, self.long_poll = self.long_poll, None
        if polled is not None:
            for packet in polled.rest():
                transport.write(wire_frame(packet))
        transport.start()

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
        if not self._begin_to_close(reason or self.server.reason.SERVER_DISCONNECT):
            return
        grace = float(self.server.close_grace) if grace is None else grace
        if abort:
            self.forget_unsent()
        if (transport := self.transport) is not None:
            if not abort:
                transport.write(CLOSE_PACKET)
            transport.end(self.close_code, "", grace)
        elif self.long_poll is not None:
            self.long_poll.end(abort, grace, self.gone)
        else:
            self.gone()

    def _begin_to_close(self, reason: str) -> bool:
        if self.closing:
            return False
        self.closing = True
        turns.spawn(self._announce_end, reason)
        return True

    def _announce_end(self, reason: str) -> None:
        """Tell Socket.IO, after the message that is being handled, but not much later."""
        if self._busy is not None:
            self._busy.wait(ORDER_PATIENCE)
        self.server.trigger_disconnect(self.sid, reason)
