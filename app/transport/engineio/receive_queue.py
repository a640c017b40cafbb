"""What a WebSocket client has sent and a greenlet has still to handle, because that may wait."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from app.transport.engineio.polling import ProtocolError
from app.transport.loop.turns import turns

if TYPE_CHECKING:
    from app.transport.engineio.session import EngineSession

CAPACITY = 32  # messages; then nothing more is read until half of them have been handled


class ReceiveQueue:
    """Exists, with its greenlet, while there is something in it."""

    __slots__ = ("_messages", "_session")

    def __init__(self, session: EngineSession) -> None:
        self._session = session
        self._messages: deque[str | bytes] = deque()
        turns.spawn(self._work_off)

    def put(self, message: str | bytes) -> None:
        """Leave a message to the greenlet."""
        self._messages.append(message)
        # Before somebody has signed in, one at a time: its answer decides how large the next may be.
        allowed = CAPACITY if self._session.joined else 1
        if len(self._messages) >= allowed and self._session.transport is not None:
            self._session.transport.pause()

    def _work_off(self) -> None:
        while self._messages:
            try:
                self._session.take(self._messages[0])
            except ProtocolError as error:
                self._session.give_up(error)
            # Only now: while it is there, what arrives is put behind it.
            self._messages.popleft()
            if len(self._messages) <= CAPACITY // 2 and self._session.transport is not None:
                self._session.transport.resume()
        self._session.inbox = None  # the next message may be handled on the loop again
