"""A client's state, kept by the rules of ``docs/protocol.md``, *Applying events*.

What it holds after an event must equal what REST then says: that is what :meth:`Mirror.agree` asks.
"""

from __future__ import annotations

import copy
from typing import Any

from tests.support.people import Person, Socket

View = dict[str, Any]

EXCERPT_LENGTH = 140


class Mirror:
    """What one person's client holds, fed by one connection."""

    def __init__(self, person: Person, socket: Socket) -> None:
        self.me = person.id
        self.person = person
        self.socket = socket
        self.conversations: dict[int, View] = {}
        self.messages: dict[int, dict[int, View]] = {}  # by conversation, by seq
        self.cursor: int = socket.wait_for("ready")["cursor"]
        self.typing: dict[tuple[int, int], bool] = {}
        self._applied = 0

    def hear(self) -> list[tuple[str, Any]]:
        """Apply everything the connection was told since the last time; returns it."""
        self.socket.settle()
        news = self.socket.heard[self._applied :]
        self._applied += len(news)
        for event, payload in news:
            apply = getattr(self, f"_on_{event}", None)
            if apply is not None:
                apply(copy.deepcopy(payload))
        return news

    def agree(self) -> list[tuple[str, Any]]:
        """Hear the news, and hold what is known against what REST says. Returns the news."""
        news = self.hear()
        for conversation_id, held in self.conversations.items():
            assert held == self.person.get(f"/conversations/{conversation_id}")
            found = self.person.get(f"/conversations/{conversation_id}/messages", limit=100)
            assert self.list(conversation_id) == found["items"]
        listed = self.person.get("/conversations", limit=100)["items"]
        assert {view["id"]: view for view in listed} == self.conversations
        self._agree_with_changes(news)
        return news

    def list(self, conversation_id: int) -> list[View]:
        """The messages held of a conversation, oldest first."""
        held = self.messages.get(conversation_id, {})
        return [held[seq] for seq in sorted(held)]

    def take_sent(self, answer: View) -> None:
        """The acknowledgement of a send: a connection that has not joined hears it no other way."""
        self._add(copy.deepcopy(answer["message"]))

    def _agree_with_changes(self, news: list[tuple[str, Any]]) -> None:
        """*Changes after the cursor* are what the events of this step were about, and no less."""
        changes = self.person.get("/changes", after=self.cursor)
        assert not changes["reset"]
        assert not changes["has_more"]
        for message in changes["messages"]:
            assert message == self.messages[message["conversation_id"]][message["seq"]]
        for conversation in changes["conversations"]:
            assert conversation == self.conversations[conversation["id"]]
        changed = {message["id"] for message in changes["messages"]}
        gone = set(changes["removed_conversation_ids"])
        reads = changes["reads"]
        for event, payload in news:
            if event in ("new_message", "message_notification", "message_edited"):
                message = payload["message"]
                assert message["id"] in changed or message["conversation_id"] in gone
            elif event == "message_deleted":
                assert payload["message_id"] in changed
            elif event == "messages_read":
                latest = [r for r in reads if _whose(r) == _whose(payload)]
                assert latest
                assert latest[0]["revision"] >= payload["revision"]
            elif event == "conversation_removed":
                assert payload["conversation_id"] in gone
        self.cursor = changes["cursor"]

    # --- one method an event, named after it

    def _on_new_message(self, told: View) -> None:
        self._add(told["message"])

    def _on_message_notification(self, told: View) -> None:
        self._add(told["message"])
        conversation = self.conversations[told["conversation_id"]]
        assert conversation["unread_count"] == told["unread_count"]
        total = sum(view["unread_count"] for view in self.conversations.values())
        assert total == told["unread_total"]

    def _on_messages_read(self, told: View) -> None:
        conversation = self._stamped(told)
        for place in conversation["participants"]:
            if place["user"]["id"] == told["user_id"]:
                assert told["last_read_seq"] > place["last_read_seq"], "a read mark moved back"
                place["last_read_seq"] = told["last_read_seq"]
        self._recount(conversation)

    def _on_message_deleted(self, told: View) -> None:
        message = self.messages[told["conversation_id"]][told["seq"]]
        assert message["id"] == told["message_id"]
        tombstone = {"text": None, "deleted_at": told["deleted_at"], "revision": told["revision"]}
        message.update(tombstone)
        self._requote(message)
        self._recount(self._stamped(told))

    def _on_message_edited(self, told: View) -> None:
        message = told["message"]
        self._put(message)
        self._requote(message)
        conversation = self.conversations[message["conversation_id"]]
        conversation["revision"] = max(conversation["revision"], told["revision"])
        self._recount(conversation)

    def _on_conversation_updated(self, told: View) -> None:
        conversation = told["conversation"]
        held = self.conversations.get(conversation["id"])
        if held is None or held["revision"] <= conversation["revision"]:
            self.conversations[conversation["id"]] = conversation

    def _on_conversation_removed(self, told: View) -> None:
        self.conversations.pop(told["conversation_id"])
        self.messages.pop(told["conversation_id"], None)

    def _on_user_online(self, told: View) -> None:
        self._place_user(told["user_id"], online=True, last_seen_at=None)

    def _on_user_offline(self, told: View) -> None:
        self._place_user(told["user_id"], online=False, last_seen_at=told["last_seen_at"])

    # --- what they have in common

    def _add(self, message: View) -> None:
        held = self.messages.setdefault(message["conversation_id"], {})
        known = held.get(message["seq"])
        if known is not None and known["revision"] >= message["revision"]:
            return
        self._put(message)
        conversation = self.conversations[message["conversation_id"]]
        if message["seq"] > conversation["last_seq"]:
            conversation["last_seq"] = message["seq"]
            conversation["updated_at"] = message["created_at"]
        conversation["revision"] = max(conversation["revision"], message["revision"])
        self._recount(conversation)

    def _put(self, message: View) -> None:
        """Hold a message; it quotes nothing that is a tombstone here."""
        quoted = self._by_id(message["conversation_id"], (message["reply_to"] or {}).get("id"))
        if quoted is not None and quoted["deleted_at"] is not None:
            message["reply_to"]["excerpt"] = None
        self.messages[message["conversation_id"]][message["seq"]] = message

    def _recount(self, conversation: View) -> None:
        """The last message and the unread count, as what is held defines them."""
        held = self.messages.get(conversation["id"], {})
        conversation["last_message"] = held.get(conversation["last_seq"])
        mine = next(p for p in conversation["participants"] if p["user"]["id"] == self.me)
        conversation["unread_count"] = sum(
            message["sender"]["id"] != self.me and message["deleted_at"] is None
            for seq, message in held.items()
            if seq > mine["last_read_seq"]
        )

    def _requote(self, original: View) -> None:
        for message in self.messages[original["conversation_id"]].values():
            if message["reply_to"] and message["reply_to"]["id"] == original["id"]:
                message["reply_to"]["excerpt"] = _excerpt(original["text"])

    def _stamped(self, told: View) -> View:
        conversation = self.conversations[told["conversation_id"]]
        conversation["revision"] = max(conversation["revision"], told["revision"])
        return conversation

    def _by_id(self, conversation_id: int, message_id: int | None) -> View | None:
        held = self.messages.get(conversation_id, {}).values()
        return next((message for message in held if message["id"] == message_id), None)

    def _place_user(self, user_id: int, **presence: Any) -> None:
        for conversation in self.conversations.values():
            for place in conversation["participants"]:
                if place["user"]["id"] == user_id:
                    place["user"].update(presence)


def _whose(mark: View) -> tuple[int, int]:
    return mark["conversation_id"], mark["user_id"]


def _excerpt(text: str | None) -> str | None:
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1].rstrip() + "…"
