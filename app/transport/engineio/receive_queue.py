"""Messages of a WebSocket client that a greenlet has yet to handle, because that may wait."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from app.transport.engineio.packets import ProtocolError
from app.transport.loop.turns import turns

CAPACITY = 32  # messages; then reading pauses until half of them have been handled


class Pausable(Protocol):
    """A transport that can stop reading for a while."""

    def pause(self) -> None:
        """Stops reading."""

    def resume(self) -> None:
        """Continues reading."""


class Receiver(Protocol):
    """The session whose messages are queued."""

    received: ReceiveQueue | None

    @property
    def transport(self) -> Pausable | None:
        """The transport that reads the messages, while it is open."""

    @property
    def joined(self) -> bool:
        """Whether a namespace has accepted the client."""

    def take(self, encoded: str | bytes) -> None:
        """Handles one Engine.IO packet; raises :class:`ProtocolError`."""

    def give_up(self, error: ProtocolError) -> None:
        """Ends the session because of a protocol error."""


class ReceiveQueue:
    """Exists, with its greenlet, while it holds messages."""

    __slots__ = ("_messages", "_session")

    def __init__(self, session: Receiver) -> None:
        self._session = session
        self._messages: deque[str | bytes] = deque()
        turns.spawn(self._work_off)

    def put(self, message: str | bytes) -> None:
        """Queues a message for the greenlet."""
        self._messages.append(message)
        # One at a time before sign-in: its outcome decides how large the next message may be.
        allowed = CAPACITY if self._session.joined else 1
        if len(self._messages) >= allowed and self._session.transport is not None:
            self._session.transport.pause()

    def _work_off(self) -> None:
        while self._messages:
            try:
                self._session.take(self._messages[0])
            except ProtocolError as error:
                self._session.give_up(error)
            # Only now: while the message is queued, later ones are put behind it.
            self._messages.popleft()
            if len(self._messages) <= CAPACITY // 2 and self._session.transport is not None:
                self._session.transport.resume()
        self._session.received = None  # the next message may be handled on the loop again
