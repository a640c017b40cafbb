"""Clients that only listen, and must end up with what the database holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.torture.checker import Row
from tests.torture.clients import Account, Client, Plan
from tests.torture.line import Heard, Line, LostError, rest


class Follower(Client):
    """Sends nothing, and must end up with the list the database holds.

    ``by_socket``: live events, and ``sync`` from its cursor after every reconnection. Otherwise it
    asks ``GET /changes`` now and then.
    """

    def __init__(self, plan: Plan, account: Account, seed: str, *, by_socket: bool) -> None:
        super().__init__(plan, account, seed)
        self.by_socket = by_socket
        self.cursor = 0
        self.resets = 0
        self.messages: dict[int, dict[str, Any]] = {}

    def live(self) -> None:
        follow = self._listen if self.by_socket else self._poll
        while not self.plan.done.is_set():
            try:
                follow()
            except LostError:
                self.breathe(0.05)

    def catch_up(self) -> None:
        """One last time, over the transport it used all along."""
        if self.by_socket:
            line = self.connect()
            self._sync(line)
            line.cut()
        else:
            self._ask_changes()

    def rows(self) -> list[Row]:
        """What this client holds."""
        return [
            Row(
                m["conversation_id"],
                m["seq"],
                m["id"],
                m["sender"]["id"],
                m["client_id"],
                m["text"],
            )
            for m in self.messages.values()
        ]

    def _listen(self) -> None:
        line = self.connect()
        try:
            for conversation_id in self.account.conversation_ids[::2]:  # the others only notify
                self._take(line.ask("join_conversation", {"conversation_id": conversation_id})[1])
            self._sync(line)
            while not self.plan.done.is_set():
                heard = line.read(0.2)
                self._take([heard] if heard else [])
        finally:
            line.cut()

    def _sync(self, line: Line) -> None:
        more = True
        while more:
            answer, meanwhile = line.ask("sync", {"after": self.cursor})
            self._take(meanwhile)
            more = self._apply(answer["data"])

    def _poll(self) -> None:
        self._ask_changes()
        self.breathe(0.1)

    def _ask_changes(self) -> None:
        more = True
        while more:
            path = f"/changes?after={self.cursor}&limit=50"
            status, answer = rest(self.plan.port, self.account.token, "GET", path)
            if status != 200:
                raise LostError(f"status {status}")
            more = self._apply(answer)

    def _apply(self, changes: dict[str, Any]) -> bool:
        if changes["reset"]:
            self.resets += 1
            self.messages.clear()
            self.cursor = 0
            return True
        self._upsert(changes["messages"])
        self.cursor = changes["cursor"]
        return bool(changes["has_more"])

    def _take(self, heard: list[Heard]) -> None:
        for one in heard:
            if one.event in ("new_message", "message_notification"):
                self._upsert([one.payload["message"]])

    def _upsert(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            known = self.messages.get(message["id"])
            if known is None or known["revision"] <= message["revision"]:
                self.messages[message["id"]] = message


def patiently(attempt: Callable[[], None], seconds: float) -> None:
    """Try again after every LostError, for so long; then let it through."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except LostError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
