"""People who hold what they were told, across the restore of a backup that knows less than they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.torture.checker import Row
from tests.torture.clients import Account
from tests.torture.line import Heard, Line, rest
from tests.torture.world import good

PAGE = 50
TELLING = ("new_message", "message_notification", "message_edited")


@dataclass
class Holder:
    """One client: a cursor that only syncs move, and messages that live events add to.

    ``by_socket``: connected and joined all the time. Otherwise ``GET /changes``, now and then.
    ``only_hears``: between the backup and its restore it hears everything and asks for nothing, as a
    client does whose connection holds; its cursor is older than the backup.
    """

    port: int
    account: Account
    by_socket: bool
    only_hears: bool = False
    cursor: int = 0
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    line: Line | None = None

    def connect(self) -> None:
        """Come back: join, and hear what is said from now on."""
        if self.by_socket:
            self.line = Line(self.port, self.account.token)
            for conversation_id in self.account.conversation_ids:
                wish = {
                    "conversation_id": conversation_id,
                    "after_seq": self._last(conversation_id),
                }
                self._keep(self._ask("join_conversation", wish)["messages"])

    def disconnect(self) -> None:
        """The server has gone."""
        if self.line is not None:
            self.line.cut()
            self.line = None

    def listen(self) -> None:
        """Apply all that was received."""
        while self.line is not None and (heard := self.line.read(0.0)) is not None:
            self._hear(heard)

    def sync(self) -> bool:
        """Ask for what has changed since the cursor; after a ``reset``, for everything. Returns
        whether there was one.
        """
        answer = self._changes(self.cursor)
        if answer["reset"]:
            self.messages.clear()
            self.cursor = 0
            self.sync()
            return True
        self._apply(answer)
        while answer["has_more"]:
            answer = self._changes(self.cursor)
            self._apply(answer)
        return False

    def rows(self) -> list[Row]:
        """The messages this client holds."""
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

    def _changes(self, after: int) -> dict[str, Any]:
        if self.line is not None:
            return self._ask("sync", {"after": after})
        path = f"/changes?after={after}&limit={PAGE}"
        answer: dict[str, Any] = good(rest(self.port, self.account.token, "GET", path))
        return answer

    def _ask(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert self.line is not None
        answer = self.line.ask(event, payload, self._hear)
        assert answer["ok"], answer
        data: dict[str, Any] = answer["data"]
        return data

    def _apply(self, changes: dict[str, Any]) -> None:
        self._keep(changes["messages"])
        self.cursor = changes["cursor"]

    def _hear(self, heard: Heard) -> None:
        if heard.event in TELLING:
            self._keep([heard.payload["message"]])

    def _keep(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            known = self.messages.get(message["id"])
            if known is None or known["revision"] <= message["revision"]:
                self.messages[message["id"]] = message

    def _last(self, conversation_id: int) -> int:
        mine = (m["seq"] for m in self.messages.values() if m["conversation_id"] == conversation_id)
        return max(mine, default=0)
