"""One Engine.IO session: the packets that a client may send, those queued for it, and its end.

Replaces :class:`engineio.socket.Socket`, which has an unbounded queue, reads the wall clock, and
waits in ``close()`` for a client that may have stopped reading. Protocol: Engine.IO revision 4
(https://socket.io/docs/v4/engine-io-protocol/).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from engineio import packet as eio
from engineio.base_server import BaseServer
from gevent.event import Event

from app.transport.engineio.long_poll import LongPoll
from app.transport.engineio.packets import ProtocolError, wire_frame
from app.transport.engineio.polling import Environ, read_packets, wants_upgrade
from app.transport.engineio.protocols import SessionEngine
from app.transport.engineio.receive_queue import ReceiveQueue
from app.transport.engineio.sweep import Clocked
from app.transport.engineio.upgrade import Transport, upgrade
from app.transport.loop.turns import turns
from app.transport.websocket.frames import NORMAL, PROTOCOL_ERROR, Violation
from app.transport.websocket.handshake import HandshakeRefusedError
from app.transport.websocket.on_watchers import TransportListener

UNJOINED_BYTES = 16 * 1024  # for a message before a namespace is joined: CONNECT with its token
MAX_MALFORMED = 20  # packets Socket.IO cannot read, before the session is closed
ORDER_PATIENCE = 5.0  # seconds the disconnect event waits for a handler that is still running
CLOSE_PACKET = wire_frame(eio.Packet(eio.CLOSE))
reason_of = BaseServer.reason


class EngineSession(TransportListener, Clocked):
    """A session over long polling, a WebSocket, or first the one and then the other."""

    __slots__ = (
        "_busy", "_malformed", "_namespaces", "close_code", "closed", "closing",
        "connected", "engine", "join_by", "long_poll", "ping_at", "pong_by", "received", "sid",
        "transport", "upgraded", "upgrading",
    )  # fmt: skip

    def __init__(self, engine: SessionEngine, sid: str) -> None:
        self.engine = engine
        self.sid = sid
        self.connected = self.upgrading = self.upgraded = False
        self.closing = self.closed = False
        self.long_poll: LongPoll | None = None  # until a transport takes over
        self.transport: Transport | None = None  # while a WebSocket is open
        self.close_code = NORMAL
        now = time.monotonic()
        self.ping_at = now + engine.terms.ping_interval
        self.pong_by: float | None = None
        self.join_by: float | None = now + engine.terms.connect_deadline
        self._namespaces = self._malformed = 0
        self.received: ReceiveQueue | None = None  # while it holds messages
        self._busy: Event | None = None  # while one of its messages is being handled

    # --- time, on the monotonic clock

    def check(self, now: float, late: float) -> None:
        """Sends a ping that is due, or closes the session when a deadline has passed.

        Deadlines move by *late*, the seconds for which the process itself was stopped.
        """
        if self.closing:
            return
        if self.transport is not None and self.transport.stalled(now, late):
            self.transport.abort()
        elif self._busy is None:  # its pongs are unread while an event is handled
            self._check_clocks(now, late)

    def _check_clocks(self, now: float, late: float) -> None:
        if self.pong_by is not None and late:
            self.pong_by += late
        if self.join_by is not None and now > self.join_by:
            self.engine.stats.never_joined += 1
            self.close(reason=reason_of.SERVER_DISCONNECT)
        elif self.pong_by is not None and now > self.pong_by:
            self.engine.stats.ping_timeouts += 1
            self.close(reason=reason_of.PING_TIMEOUT)
        elif self.pong_by is None and now >= self.ping_at:
            self.pong_by = now + self.engine.terms.ping_timeout
            self.send(eio.Packet(eio.PING))

    def _take_pong(self) -> None:
        if self.pong_by is not None:
            self.pong_by = None
            self.ping_at = time.monotonic() + self.engine.terms.ping_interval

    # --- sending

    @property
    def max_message(self) -> int:
        """The most bytes of a message from the client: fewer before it has joined a namespace."""
        allowed = self.engine.terms.max_message_bytes
        return allowed if self._namespaces else min(allowed, UNJOINED_BYTES)

    def send(self, pkt: eio.Packet) -> None:
        """Sends or queues a packet. Past the bounds, the session is cut as a slow consumer."""
        if self.closing:
            return
        if pkt.packet_type == eio.MESSAGE and pkt.data[:1] in ("0", "1"):
            self._watch_namespaces(pkt.data)
        if not self._put(pkt):
            self.engine.shed(self.sid)

    def _put(self, pkt: eio.Packet) -> bool:
        if self.transport is not None:
            return self.transport.write(wire_frame(pkt))
        if self.long_poll is None:
            self.long_poll = LongPoll(self.engine.terms)
        return self.long_poll.queue.put(pkt)

    def forget_unsent(self) -> None:
        """Drops the packets that a slow client has not read."""
        if self.transport is not None:
            self.transport.forget_unsent()
        elif self.long_poll is not None:
            self.long_poll.queue.clear()

    def _watch_namespaces(self, data: str) -> None:
        # Socket.IO packet types: "0" from the server is an accepted CONNECT, "1" a DISCONNECT.
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
            self.join_by = time.monotonic() + self.engine.terms.connect_deadline

    # --- receiving

    def take(self, encoded: str | bytes) -> None:
        """Handles one Engine.IO packet from the client; raises :class:`ProtocolError`."""
        if isinstance(encoded, bytes):
            return self._take_message(encoded)
        kind = encoded[:1]
        if kind == "4":
            return self._take_message(encoded[1:])
        if kind == "3":
            return self._take_pong()
        if kind == "1":
            return self.close(abort=True, reason=reason_of.CLIENT_DISCONNECT)
        raise ProtocolError("a packet type that clients do not send here")

    def _take_message(self, data: str | bytes) -> None:
        """Handles a message once the one before it has been handled."""
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
            return  # messages of a closed session are read and dropped
        if data[:1] == "1":
            self._namespace_left()
        if not self.engine.handle_message(self.sid, data):
            self._malformed += 1
            if self._malformed > MAX_MALFORMED:
                raise ProtocolError("too many malformed packets")

    # --- calls of the transport (TransportListener)

    def message_received(self, message: str | bytes) -> None:
        """Handles a WebSocket message: on the loop itself if it never waits, else in a greenlet."""
        may_wait = isinstance(message, bytes) or message[:1] == "4"
        try:
            if may_wait and self.transport is not None and not self.transport.waits:
                self._handle_soon(message)
            else:
                self.take(message)
        except ProtocolError as error:
            self.give_up(error)

    def _handle_soon(self, message: str | bytes) -> None:
        if self.received is None:
            if self._busy is None and self.engine.listener.handle_inline(self.sid, message[1:]):
                return
            self.received = ReceiveQueue(self)
        self.received.put(message)

    @property
    def joined(self) -> bool:
        """Whether a namespace has accepted the client: it has signed in."""
        return self._namespaces > 0

    def connection_lost(self, violation: Violation | None) -> None:
        """Begins the end: the peer has left, or broke the protocol."""
        if violation is not None:
            self.engine.note_violation(violation)
        self._begin_to_close(reason_of.TRANSPORT_CLOSE)

    def connection_closed(self) -> None:
        """Forgets the session, whose TCP connection is over."""
        self._begin_to_close(reason_of.TRANSPORT_CLOSE)
        self.closed = True
        self.transport = None  # it refers to the session: no cycle is left for the collector
        self.engine.forget(self.sid)

    def give_up(self, error: ProtocolError) -> None:
        """Ends the session because of a packet that Engine.IO does not define."""
        self.engine.note_protocol_error(error)
        self.close_code = PROTOCOL_ERROR
        self.close(abort=True, reason=reason_of.TRANSPORT_ERROR)

    # --- long polling

    def handle_get_request(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        """Answers a poll with the queued packets, or become a WebSocket."""
        if wants_upgrade(environ):
            return self._upgrade(environ)
        if self.upgrading or self.upgraded or self.long_poll is None:
            return [eio.Packet(eio.NOOP)]
        return self.long_poll.fetch()

    def handle_post_request(self, environ: Environ) -> None:
        """Takes the packets of a POST: all are checked before the first one is handled."""
        limits = self.max_message, self.engine.terms.max_packets_per_post
        if self.long_poll is None:
            raise ProtocolError("a post to a WebSocket")
        with self.long_poll.one_post_at_a_time():
            for encoded in read_packets(environ, *limits, self.engine.stats):
                self.take(encoded)

    # --- becoming a WebSocket

    def _upgrade(self, environ: Environ) -> Any:
        try:
            transport = upgrade(self, environ)
        except HandshakeRefusedError as refused:
            return self.engine.refuse(refused)
        if transport is not None:
            self._move_to(transport)
        return []

    def _move_to(self, transport: Transport) -> None:
        """Sends over *transport* from now on, beginning with the packets no poll has fetched."""
        self.connected = self.upgraded = True
        self.transport = transport
        # The client may have joined since the upgrade began.
        transport.frames.max_message_size = self.max_message
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
        """Begins to close and returns at once; *wait* is part of the stock interface.

        Later packets of the client are dropped; queued ones have *grace* seconds, unless *abort*.
        """
        if not self._begin_to_close(reason or reason_of.SERVER_DISCONNECT):
            return
        if abort:
            self.forget_unsent()
        grace = self.engine.terms.close_grace if grace is None else grace
        if (transport := self.transport) is not None:
            if not abort:
                transport.write(CLOSE_PACKET)
            transport.end(self.close_code, "", grace)
        elif self.long_poll is not None:
            self.long_poll.end(abort, grace, self.connection_closed)
        else:
            self.connection_closed()

    def _begin_to_close(self, reason: str) -> bool:
        if self.closing:
            return False
        self.closing = True
        turns.spawn(self._announce_end, reason)
        return True

    def _announce_end(self, reason: str) -> None:
        """Reports the end to Socket.IO once the present message is handled, or soon after."""
        if self._busy is not None:
            self._busy.wait(ORDER_PATIENCE)
        self.engine.trigger_disconnect(self.sid, reason)
