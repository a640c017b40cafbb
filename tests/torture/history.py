"""What every client did and was told: the evidence that the checker works on."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """One line of the history.

    ``action`` is ``invoke`` (sent), ``ok`` (acknowledged), ``fail`` (refused: nothing was stored),
    or ``unknown`` (the connection went before an answer came).
    """

    at: float  # time.monotonic() of this process
    user_id: int
    action: str
    via: str  # "socket" or "rest"
    client_id: str
    conversation_id: int
    text: str
    seq: int | None = None
    message_id: int | None = None
    code: str | None = None


class History:
    """Everything that happened, in the order in which the clients noted it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.acknowledged = 0
        self._lock = threading.Lock()

    def note(self, action: str, via: str, sending: Sending, **told: int | str | None) -> None:
        """Add one line."""
        with self._lock:
            entry = Entry(
                time.monotonic(),
                sending.user_id,
                action,
                via,
                sending.client_id,
                sending.conversation_id,
                sending.text,
                **told,  # type: ignore[arg-type]
            )
            self.entries.append(entry)
            self.acknowledged += action == "ok"

    def write(self, path: Path) -> None:
        """Keep it as JSON lines, for somebody who wants to know how it came to this."""
        with path.open("w") as file:
            for entry in self.entries:
                file.write(json.dumps(entry._asdict()) + "\n")


class Sending(NamedTuple):
    """One message a client wants stored, the same through all retries."""

    user_id: int
    client_id: str
    conversation_id: int
    text: str
