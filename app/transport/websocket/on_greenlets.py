"""The WebSocket transport of the fallback: one greenlet reads, another writes.

For platforms on which :mod:`app.transport.websocket.on_watchers` cannot take the descriptor over (TLS inside this
process, an event loop without watchers), or where somebody has switched it off (``TRANSPORT``).
Same interface, same bounds; more memory and more work per message.
"""

from __future__ import annotations

from collections.abc import Sequence

import gevent
from gevent.event import Event
from geventwebsocket.exceptions import WebSocketError

from app.transport.engineio.outbox import Outbox
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import NORMAL, FrameReader
from app.transport.websocket.on_watchers import LINGER_SECONDS, Owner


class GreenletTransport:
    """One WebSocket connection, served by the greenlet that calls :meth:`start`."""

    waits = True  # the owner may handle a message for as long as it likes

    def __init__(self, websocket: WebSocket, owner: Owner, outbox: Outbox[bytes]) -> None:
        self._websocket = websocket
        self._owner = owner
        self._outbox = outbox
        self._code = NORMAL
        self._written = Event()
        self._read = Event()

    @property
    def frames(self) -> FrameReader:
        """The reader of the peer's frames, which knows how large a message may be."""
        reader: FrameReader = self._websocket.frames
        return reader

    def start(self) -> None:
        """Serve until the connection ends."""
        writer = gevent.spawn(self._write_all)
        try:
            while (message := self._websocket.receive()) is not None:
                self._owner.arrived(message)
        finally:
            self._owner.lost(None)
            self._outbox.finish()
            self._read.set()
            # pywsgi closes the descriptor next: nobody may still be waiting on it.
            writer.join(LINGER_SECONDS)
            if not writer.dead:
                self._websocket.abort()
                writer.join()
            self._owner.gone()

    def _write_all(self) -> None:
        try:
            while frames := self._outbox.take():
                self._websocket.send_frames(b"".join(frames))
                self._outbox.settle()
        except WebSocketError:
            pass  # the reader notices too
        finally:
            self._websocket.close(self._code)
            self._written.set()

    def write(self, frame: bytes) -> bool:
        """Queue a frame; ``False``, and nothing is queued, when the reader is too far behind."""
        return self._outbox.put(frame)

    def write_row(self, frames: Sequence[bytes], _joined: bytes) -> bool:
        """The same for several frames."""
        return all(map(self.write, frames))

    def forget_unsent(self) -> None:
        """Drop what waits for a slow reader."""
        self._outbox.clear()

    def stalled(self, _now: float, _late: float) -> bool:
        """Never: every send has its own deadline."""
        return False

    def pause(self) -> None:
        """Nothing to do: it reads on when the owner has handled what it was given."""

    def resume(self) -> None:
        """Nothing to do."""

    def end(self, code: int = NORMAL, _reason: str = "", grace: float = 0.0) -> None:
        """Send what is queued within *grace* seconds and a Close frame; then wait for the peer."""
        self._code = code
        self._outbox.finish()
        gevent.spawn(self._tear_down, grace)

    def _tear_down(self, grace: float) -> None:
        if self._written.wait(grace):
            self._read.wait(LINGER_SECONDS)
        if not self._read.ready():
            self._websocket.abort()

    def abort(self) -> None:
        """Reset the connection."""
        self._websocket.abort()
