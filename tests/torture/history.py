"""What every client did and was told: the evidence that the checker works on."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """One line of the history.

    ``action`` is ``invoke`` (asked), ``ok`` (acknowledged), ``fail`` (refused: nothing was stored),
    or ``unknown`` (the connection went before an answer came). ``kind`` is what was asked: ``send``,
    ``edit``, ``delete`` (for everyone), ``hide`` (for oneself), or ``read`` (``seq`` says how far).
    """

    at: float  # time.monotonic() of this process
    user_id: int
    action: str
    via: str  # "socket", "rest" or "page"
    client_id: str
    conversation_id: int
    text: str
    seq: int | None = None
    message_id: int | None = None
    code: str | None = None
    kind: str = "send"


class Act(NamedTuple):
    """One thing a client wants done; a message is the same ``Act`` through all retries."""

    user_id: int
    client_id: str
    conversation_id: int
    text: str = ""
    kind: str = "send"
    message_id: int | None = None  # for everything but sending and reading
    seq: int | None = None  # for reading: how far


class History:
    """Everything that happened, in the order in which the clients noted it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.acknowledged = 0  # messages, not other acts
        self._lock = threading.Lock()

    def note(self, action: str, via: str, act: Act, **told: int | str | None) -> None:
        """Add one line."""
        known: dict[str, int | str | None] = {"seq": act.seq, "message_id": act.message_id}
        with self._lock:
            entry = Entry(
                time.monotonic(),
                act.user_id,
                action,
                via,
                act.client_id,
                act.conversation_id,
                act.text,
                kind=act.kind,
                **{**known, **told},  # type: ignore[arg-type]
            )
            self.entries.append(entry)
            self.acknowledged += action == "ok" and act.kind == "send"

    def write(self, path: Path) -> None:
        """Keep it as JSON lines, for somebody who wants to know how it came to this."""
        with path.open("w") as file:
            for entry in self.entries:
                file.write(json.dumps(entry._asdict()) + "\n")
