"""What a client holds, and what each event makes of it: ``docs/protocol.md``, *Applying events*.

Nothing here asks the server. A conversation's messages are held from the first to the last.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from tests.support.people import Person

View = dict[str, Any]
EXCERPT_LENGTH = 140


def refetch(person: Person) -> Held:
    """Everything a person can read over REST, read anew."""
    held = Held(person.id)
    listed = person.get("/conversations", limit=100)["items"]
    held.order = [view["id"] for view in listed]
    held.conversations = {view["id"]: view for view in listed}
    for conversation_id in held.order:
        page = person.get(f"/conversations/{conversation_id}/messages", limit=100)
        assert page["next_cursor"] is None, "a test that wants more must read more"
        held.messages[conversation_id] = {view["seq"]: view for view in page["items"]}
    for name, kind in (("/lessons", held.lessons), ("/contact-requests", held.contact_requests)):
        kind.update({view["id"]: view for view in person.get(name, limit=100)["items"]})
    held.total = sum(view["unread_count"] for view in listed)
    return held


class Held:
    """One person's state."""

    def __init__(self, me: int) -> None:
        self.me = me
        self.total = 0
        self.order: list[int] = []  # of conversations, as lists show them
        self.conversations: dict[int, View] = {}
        self.messages: dict[int, dict[int, View]] = {}  # by conversation, by seq
        self.lessons: dict[int, View] = {}
        self.contact_requests: dict[int, View] = {}

    def parts(self, names: tuple[str, ...]) -> View:
        """Some of it, to be compared."""
        return {name: getattr(self, name) for name in names}

    def apply(self, event: str, payload: Any) -> None:
        """Take an event of either namespace, or one that only concerns the connection."""
        apply = APPLY[event]
        apply(self, copy.deepcopy(snake(payload)))

    def apply_page(self, page: View) -> None:
        """Take a page of ``sync``."""
        page = copy.deepcopy(page)
        for conversation in page["conversations"]:
            self._replace(conversation)
        for message in page["messages"]:
            self._take(message, counting=False)
        for mark in page["reads"]:
            self._read(mark)
        self.lessons.update({view["id"]: view for view in page["lessons"]})
        self.contact_requests.update({view["id"]: view for view in page["contact_requests"]})
        for conversation_id in page["removed_conversation_ids"]:
            self._forget(conversation_id)

    # --- messages

    def _new_message(self, told: View) -> None:
        """``new_message`` and ``message:sent``."""
        self._take(told["message"])

    def _notification(self, told: View) -> None:
        """``message_notification`` and ``message:new``: the counts are told."""
        self._take(told["message"], counting=False)
        conversation = self.conversations[told["conversation_id"]]
        self._set_unread(conversation, told["unread_count"])
        assert told.get("unread_total", self.total) == self.total

    def _take(self, message: View, *, counting: bool = True) -> None:
        conversation = self.conversations[message["conversation_id"]]
        held = self.messages.setdefault(conversation["id"], {})
        known = held.get(message["seq"])
        if known is None or known["revision"] < message["revision"]:
            self._put(message)
        _stamp(conversation, message["revision"])
        if message["seq"] > conversation["last_seq"]:
            conversation["last_seq"] = message["seq"]
            conversation["last_message"] = message
            conversation["updated_at"] = message["created_at"]
            self.order.remove(conversation["id"])
            self.order.insert(0, conversation["id"])
            if counting and message["sender"]["id"] != self.me:
                self._set_unread(conversation, conversation["unread_count"] + 1)

    def _put(self, message: View) -> None:
        held = self.messages[message["conversation_id"]]
        originals = {view["id"]: view for view in held.values()}
        quoted = originals.get((message["reply_to"] or {}).get("id"))
        if quoted is not None:
            message["reply_to"]["excerpt"] = _excerpt(quoted["text"])
        held[message["seq"]] = message
        self._show(message)

    def _show(self, message: View) -> None:
        """Wherever a message is held or quoted, it is as it is now."""
        conversation = self.conversations[message["conversation_id"]]
        if (conversation["last_message"] or {}).get("id") == message["id"]:
            conversation["last_message"] = message
        for reply in self.messages[conversation["id"]].values():
            if reply["reply_to"] is not None and reply["reply_to"]["id"] == message["id"]:
                reply["reply_to"]["excerpt"] = _excerpt(message["text"])
                last = conversation["last_message"]
                if last is not None and last["id"] == reply["id"]:
                    conversation["last_message"] = reply

    def _edited(self, told: View) -> None:
        message = told["message"]
        held = self.messages[message["conversation_id"]]
        if held[message["seq"]]["revision"] < message["revision"]:
            self._put(message)
        _stamp(self.conversations[message["conversation_id"]], told["revision"])

    def _deleted(self, told: View) -> None:
        conversation = self.conversations[told["conversation_id"]]
        message = self.messages[conversation["id"]][told["seq"]]
        assert message["id"] == told["message_id"]
        unread = (
            message["deleted_at"] is None
            and told["seq"] > self._my_mark(conversation)["last_read_seq"]
            and message["sender"]["id"] != self.me
        )
        message.update(text=None, deleted_at=told["deleted_at"], revision=told["revision"])
        self._show(message)
        _stamp(conversation, told["revision"])
        self._set_unread(conversation, conversation["unread_count"] - unread)

    # --- read marks and conversations

    def _read(self, told: View) -> None:
        conversation = self.conversations[told["conversation_id"]]
        mark = _mark(conversation, told["user_id"])
        mark["last_read_seq"] = max(mark["last_read_seq"], told["last_read_seq"])
        _stamp(conversation, told["revision"])
        if told["user_id"] == self.me:
            held = self.messages[conversation["id"]].values()
            unread = [m for m in held if m["seq"] > mark["last_read_seq"] and self._counts(m)]
            self._set_unread(conversation, len(unread))

    def _counts(self, message: View) -> bool:
        return message["sender"]["id"] != self.me and message["deleted_at"] is None

    def _updated(self, told: View) -> None:
        self._replace(told["conversation"])

    def _replace(self, conversation: View) -> None:
        held = self.conversations.get(conversation["id"])
        if held is None:
            self.conversations[conversation["id"]] = {**conversation, "unread_count": 0}
            self.messages.setdefault(conversation["id"], {})
            self._list(conversation)
        elif held["revision"] <= conversation["revision"]:
            for place in conversation["participants"]:
                known = _mark(held, place["user"]["id"])
                place["last_read_seq"] = max(known["last_read_seq"], place["last_read_seq"])
            self.conversations[conversation["id"]] = {
                **conversation,
                "unread_count": held["unread_count"],
            }
            if conversation["last_seq"] > held["last_seq"]:
                self.order.remove(conversation["id"])
                self._list(conversation)
        self._set_unread(self.conversations[conversation["id"]], conversation["unread_count"])

    def _list(self, conversation: View) -> None:
        """Put a conversation where the latest activity says."""
        active = [_activity(self.conversations[known]) for known in self.order]
        later = [moment for moment in active if moment > _activity(conversation)]
        self.order.insert(len(later), conversation["id"])

    def _removed(self, told: View) -> None:
        self._forget(told["conversation_id"])

    def _forget(self, conversation_id: int) -> None:
        gone = self.conversations.pop(conversation_id, None)
        if gone is not None:
            self.order.remove(conversation_id)
            self.messages.pop(conversation_id)
            self.total -= gone["unread_count"]

    def _set_unread(self, conversation: View, count: int) -> None:
        self.total += count - conversation["unread_count"]
        conversation["unread_count"] = count

    def _my_mark(self, conversation: View) -> View:
        return _mark(conversation, self.me)

    # --- lessons, contact requests, people

    def _lesson(self, told: View) -> None:
        self.lessons[told["lesson"]["id"]] = told["lesson"]

    def _contact_request(self, told: View) -> None:
        self.contact_requests[told["contact_request"]["id"]] = told["contact_request"]

    def _online(self, told: View) -> None:
        self._show_person(told["user_id"], online=True, last_seen_at=None)

    def _offline(self, told: View) -> None:
        self._show_person(told["user_id"], online=False, last_seen_at=told["last_seen_at"])

    def _show_person(self, user_id: int, **presence: Any) -> None:
        for user in self._people():
            if user["id"] == user_id:
                user.update(presence)

    def _people(self) -> list[View]:
        found = [p["user"] for c in self.conversations.values() for p in c["participants"]]
        found += [view[who] for view in self.lessons.values() for who in ("teacher", "student")]
        for view in self.contact_requests.values():
            found += [view["sender"], view["recipient"]]
        return found

    def _nothing(self, _told: View) -> None:
        """What says nothing about what is stored."""


APPLY: dict[str, Callable[[Held, View], None]] = {
    "new_message": Held._new_message,
    "message:sent": Held._new_message,
    "message_notification": Held._notification,
    "message:new": Held._notification,
    "messages_read": Held._read,
    "message_edited": Held._edited,
    "message_deleted": Held._deleted,
    "conversation_updated": Held._updated,
    "conversation_removed": Held._removed,
    "lesson:created": Held._lesson,
    "lesson:statusUpdated": Held._lesson,
    "contactRequest:created": Held._contact_request,
    "contactRequest:statusUpdated": Held._contact_request,
    "user_online": Held._online,
    "user_offline": Held._offline,
    "ready": Held._nothing,
    "typing": Held._nothing,
    "error": Held._nothing,
    "token_expiring": Held._nothing,
    "session_ended": Held._nothing,
    "disconnect": Held._nothing,
}


def snake(value: Any) -> Any:
    """What ``/talemy`` says, spelt as ``/`` and REST spell it."""
    if isinstance(value, dict):
        return {_snake_key(key): snake(item) for key, item in value.items()}
    return [snake(item) for item in value] if isinstance(value, list) else value


def _snake_key(key: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", key)


def _stamp(conversation: View, revision: int) -> None:
    conversation["revision"] = max(conversation["revision"], revision)


def _mark(conversation: View, user_id: int) -> View:
    """A participant's place; somebody new has read nothing yet."""
    places = (p for p in conversation["participants"] if p["user"]["id"] == user_id)
    return next(places, {"last_read_seq": 0})


def _activity(conversation: View) -> str:
    moment: str = (conversation["last_message"] or conversation)["created_at"]
    return moment


def _excerpt(text: str | None) -> str | None:
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1].rstrip() + "…"
