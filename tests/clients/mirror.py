"""A client state that follows one connection, and is compared with REST after each step."""

from __future__ import annotations

import copy
from typing import Any

from tests.messages.client_state import take
from tests.support.client_state import ClientState, View, refetch
from tests.support.people import Person, Socket

PARTS = ("conversations", "order", "total", "messages")


class Mirror:
    """One person's client state, kept by one connection from its ``ready`` on."""

    def __init__(self, person: Person, socket: Socket) -> None:
        self.person = person
        self.socket = socket
        self.state = ClientState(person.id)
        self.cursor: int = socket.wait_for("ready")["cursor"]
        self._applied = 0

    def hear(self) -> list[tuple[str, Any]]:
        """Apply and return the events received since the last call."""
        self.socket.settle()
        news = self.socket.heard[self._applied :]
        self._applied += len(news)
        for event, payload in news:
            if event == "messages_read":
                self._expect_progress(payload)
            if event != "transport":  # of the JavaScript client, not of the server
                self.state.apply(event, payload)
        return news

    def agree(self) -> list[tuple[str, Any]]:
        """Apply the events received since the last call, compare with REST, and return them."""
        news = self.hear()
        assert self.state.parts(PARTS) == refetch(self.person).parts(PARTS)
        for conversation_id, conversation in self.state.conversations.items():
            assert conversation == self.person.get(f"/conversations/{conversation_id}")
        self._agree_with_changes(news)
        return news

    def list(self, conversation_id: int) -> list[View]:
        """The messages held of a conversation, oldest first."""
        messages = self.state.messages.get(conversation_id, {})
        return [messages[seq] for seq in sorted(messages)]

    def take_sent(self, answer: View) -> None:
        """Apply the acknowledgement of a send: without joining, no event carries the message."""
        take(self.state, copy.deepcopy(answer["message"]))

    def _expect_progress(self, mark: View) -> None:
        for participant in self.state.conversations[mark["conversation_id"]]["participants"]:
            if participant["user"]["id"] == mark["user_id"]:
                known = participant["last_read_seq"]
                assert mark["last_read_seq"] > known, "a read mark moved back"

    def _agree_with_changes(self, news: list[tuple[str, Any]]) -> None:
        """Changes after the cursor are what the events of this step were about, and no less."""
        changes = self.person.get("/changes", after=self.cursor)
        assert not changes["reset"]
        assert not changes["has_more"]
        for message in changes["messages"]:
            assert message == self.state.messages[message["conversation_id"]][message["seq"]]
        for conversation in changes["conversations"]:
            assert conversation == self.state.conversations[conversation["id"]]
        changed = {message["id"] for message in changes["messages"]}
        removed = set(changes["removed_conversation_ids"])
        reads = changes["reads"]
        for event, payload in news:
            if event in ("new_message", "message_notification", "message_edited"):
                message = payload["message"]
                assert message["id"] in changed or message["conversation_id"] in removed
            elif event == "message_deleted":
                assert payload["message_id"] in changed
            elif event == "messages_read":
                latest = [r for r in reads if _whose(r) == _whose(payload)]
                assert latest
                assert latest[0]["revision"] >= payload["revision"]
            elif event == "conversation_removed":
                assert payload["conversation_id"] in removed
        self.cursor = changes["cursor"]


def _whose(mark: View) -> tuple[int, int]:
    return mark["conversation_id"], mark["user_id"]
