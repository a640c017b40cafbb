"""What one client holds, put together from everything it was told, by the rules of the protocol."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from sys import intern
from typing import Any, TextIO

from tests.torture.checker import Report, Row


class Mirror:
    """Messages, read marks and presence as one client knows them.

    Every delivery is written to ``log``, and looked at as it comes: within one connection a
    conversation that was joined is told without a gap, and nothing a client has read moves back.
    """

    def __init__(self, user_id: int, log: Path) -> None:
        self.user_id = user_id
        self.report = Report()
        self.cursor = 0
        self.resets = 0
        self.deliveries = 0
        self.messages: dict[int, tuple[int, Row]] = {}  # id → (revision, as it is)
        self.reads: dict[tuple[int, int], int] = {}  # (conversation, person) → last_read_seq
        self.unread_total: int | None = None  # of the last ready
        self.online: set[int] = set()
        self.ended: list[str] = []  # codes of session_ended
        self.recent: deque[Row] = deque(maxlen=50)
        # In this connection: joined conversation → its last seq then, and the last one told since.
        self._live: dict[int, tuple[int, int]] = {}
        self._marks: dict[tuple[int, int], int] = {}  # in this connection: as the events told them
        self._log: TextIO = log.open("a")

    def begin(self) -> None:
        """A new connection: what was joined before is not any more."""
        self._live.clear()
        self._marks.clear()
        self._write("connect", "")

    def joined(self, conversation_id: int, page: dict[str, Any]) -> None:
        """The answer to joining: from here on, every message is told."""
        last = page["conversation"]["last_seq"]
        self._live[conversation_id] = (last, last)
        for message in page["messages"]:
            self._keep(message)

    def hear(self, event: str | None, payload: Any) -> None:
        """Apply one event."""
        self.deliveries += 1
        if event == "new_message":
            self._write(event, payload["message"])
            self._in_line(payload["message"])
            self._keep(payload["message"])
        elif event in ("message_notification", "message_edited"):
            self._write(event, payload["message"])
            self._keep(payload["message"])
        elif event == "message_deleted":
            self._write(event, payload)
            self._bury(payload)
        elif event == "messages_read":
            self._write(event, payload)
            self._mark_told(payload)
            self._mark(payload)
        elif event in ("user_online", "user_offline"):
            change = self.online.add if event == "user_online" else self.online.discard
            change(payload["user_id"])
        elif event == "ready":
            self._write(event, payload["cursor"])
            self.online = set(payload["online_user_ids"])
            self.unread_total = payload["unread_total"]
        elif event == "session_ended":
            self._write(event, payload["code"])
            self.ended.append(payload["code"])

    def apply(self, changes: dict[str, Any]) -> bool:
        """Apply one page of changes; whether there are more."""
        self._write("changes", f"{changes['cursor']} {len(changes['messages'])}")
        if changes["reset"]:
            self.resets += 1
            self.messages.clear()
            self.reads.clear()
            self.cursor = 0
            return True
        for message in changes["messages"]:
            self._keep(message)
        for mark in changes["reads"]:
            self._mark(mark)
        self.report.expect(
            "the cursor never moves back", changes["cursor"] >= self.cursor, str(self.cursor)
        )
        self.cursor = changes["cursor"]
        return bool(changes["has_more"])

    def rows(self) -> list[Row]:
        """Every message held."""
        return [row for _revision, row in self.messages.values()]

    def last_seq(self, conversation_id: int) -> int:
        """The highest ``seq`` held of a conversation."""
        return max((r.seq for r in self.rows() if r.conversation_id == conversation_id), default=0)

    def close(self) -> None:
        """Finish the log."""
        self._log.close()

    def _in_line(self, message: dict[str, Any]) -> None:
        conversation_id, seq = message["conversation_id"], message["seq"]
        first, last = self._live.get(conversation_id, (seq, seq))
        if seq <= first:
            return  # not joined, or in the page that joining answered with
        self.report.expect(
            "a joined conversation is told without a gap",
            seq == last + 1,
            f"{self.user_id} heard {conversation_id}/{seq} after {last}",
        )
        self._live[conversation_id] = (first, seq)

    def _keep(self, message: dict[str, Any]) -> None:
        known = self.messages.get(message["id"])
        if known is not None and known[0] > message["revision"]:
            return
        text, client_id = message["text"], message["client_id"]
        row = Row(
            message["conversation_id"],
            message["seq"],
            message["id"],
            message["sender"]["id"],
            client_id and intern(client_id),  # fifty mirrors in one process hold the same texts
            text and intern(text),
        )
        self.report.expect(
            "a tombstone never becomes a text again",
            known is None or known[1].text is not None or text is None,
            f"{row} was a tombstone",
        )
        self.messages[row.message_id] = (message["revision"], row)
        self.recent.append(row)

    def _bury(self, payload: dict[str, Any]) -> None:
        known = self.messages.get(payload["message_id"])
        if known is not None:
            row = known[1]._replace(text=None)
            self.messages[row.message_id] = (max(known[0], payload["revision"]), row)

    def _mark_told(self, mark: dict[str, Any]) -> None:
        place = (mark["conversation_id"], mark["user_id"])
        told = self._marks.get(place, 0)
        self.report.expect(
            "receipts never move back", mark["last_read_seq"] >= told, f"{mark} after {told}"
        )
        self._marks[place] = mark["last_read_seq"]

    def _mark(self, mark: dict[str, Any]) -> None:
        place = (mark["conversation_id"], mark["user_id"])
        self.reads[place] = max(self.reads.get(place, 0), mark["last_read_seq"])

    def _write(self, event: str, what: Any) -> None:
        if isinstance(what, dict):
            place = f"{what['conversation_id']}/{what.get('seq', what.get('last_read_seq'))}"
            what = f"{place} {what['revision']}"
        self._log.write(f"{time.monotonic():.6f} {event} {what}\n")
