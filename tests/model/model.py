"""Messaging as it ought to be: plain data and the rules of ``docs/protocol.md``, nothing else.

Each operation first says which refusals would be right (``why_not_…``, none if it must succeed), and
then, given the ids that the server chose, does it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

View = dict[str, Any]
Codes = frozenset[str]
FINE: Codes = frozenset()
EXCERPT_LENGTH = 140


@dataclass
class Message:
    """One message; ``hidden`` are the people who have deleted it for themselves."""

    id: int
    seq: int
    sender: int
    text: str
    client_id: str | None
    reply_to: Message | None
    original: str  # what was sent first
    edited: bool = False
    deleted: bool = False
    hidden: set[int] = field(default_factory=set)

    def text_for(self, reader: int) -> str | None:
        """The text, unless it is a tombstone to this reader."""
        return None if self.deleted or reader in self.hidden else self.text


@dataclass
class Place:
    """What one person has in one conversation, also while they do not belong to it."""

    here: bool = True
    read: int = 0
    archived: bool = False
    muted: bool = False


@dataclass
class Conversation:
    """One conversation."""

    id: int
    kind: str
    creator: int
    places: dict[int, Place]
    product: int | None = None
    open: bool = True
    messages: list[Message] = field(default_factory=list)

    def here(self) -> set[int]:
        """Who belongs to it now."""
        return {person for person, place in self.places.items() if place.here}

    def unread(self, reader: int) -> int:
        """By others, after one's read mark, no tombstones."""
        return sum(
            message.sender != reader and message.text_for(reader) is not None
            for message in self.messages[self.places[reader].read :]
        )


class Model:
    """Everything."""

    def __init__(self) -> None:
        self.conversations: dict[int, Conversation] = {}
        self.blocks: set[tuple[int, int]] = set()
        self.sent: dict[tuple[int, str], tuple[Conversation, Message]] = {}

    # --- what people see

    def view(self, reader: int) -> View:
        """All that somebody can read."""
        return {
            c.id: self._conversation(c, reader)
            for c in self.conversations.values()
            if reader in c.here()
        }

    def _conversation(self, c: Conversation, reader: int) -> View:
        mine, messages = c.places[reader], [_message(c, m, reader) for m in c.messages]
        return {
            "kind": c.kind,
            "product": c.product,
            "status": "open" if c.open else "closed",
            "archived": mine.archived,
            "muted": mine.muted,
            "participants": {person: c.places[person].read for person in c.here()},
            "last_seq": len(messages),
            "last_message": messages[-1] if messages else None,
            "unread_count": c.unread(reader),
            "messages": messages,
        }

    # --- sending

    def blocked(self, one: int, other: int) -> bool:
        """Whether either has blocked the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def _kept_apart(self, c: Conversation, person: int) -> bool:
        others = c.here() - {person}
        return c.kind != "group" and any(self.blocked(person, other) for other in others)

    def earlier(self, person: int, client_id: str | None) -> tuple[Conversation, Message] | None:
        """What somebody has sent under this ``client_id``."""
        return None if client_id is None else self.sent.get((person, client_id))

    def why_not_send(
        self, person: int, c: Conversation, text: str, client_id: str | None, reply: Message | None
    ) -> Codes:
        """Refusals of a message to a conversation that exists."""
        if person not in c.here():
            return frozenset({"not_found"})
        if (known := self.earlier(person, client_id)) is not None:
            same = known[0] is c and known[1].original == text and known[1].reply_to is reply
            return FINE if same else frozenset({"conflict"})
        return self._why_not_write(person, c)

    def _why_not_write(self, person: int, c: Conversation) -> Codes:
        closed = set() if c.open else {"conversation_closed"}
        return frozenset(closed | ({"blocked"} if self._kept_apart(c, person) else set()))

    def send(self, c: Conversation, message: Message) -> None:
        """It was stored."""
        c.messages.append(message)
        if message.client_id is not None:
            self.sent[message.sender, message.client_id] = (c, message)

    # --- changing messages

    def why_not_edit(self, person: int, c: Conversation, message: Message) -> Codes:
        """Refusals of another text."""
        if person not in c.here():
            return frozenset({"not_found"})
        if message.sender != person:
            return frozenset({"forbidden"})
        gone = {"conflict"} if message.text_for(person) is None else set()
        return frozenset(gone | self._why_not_write(person, c))

    def edit(self, message: Message, text: str) -> None:
        """Another text."""
        message.edited = message.edited or message.text != text
        message.text = text

    def why_not_delete(self, person: int, c: Conversation, message: Message, scope: str) -> Codes:
        """Refusals of a deletion."""
        if person not in c.here():
            return frozenset({"not_found"})
        if scope == "everyone" and message.sender != person:
            return frozenset({"forbidden"})
        return FINE

    def delete(self, person: int, message: Message, scope: str) -> None:
        """A tombstone, for everyone or for one."""
        if scope == "everyone":
            message.deleted = True
        elif not message.deleted:
            message.hidden.add(person)

    def read(self, person: int, c: Conversation, up_to: int | None) -> None:
        """The mark moves forward, never back."""
        end = len(c.messages) if up_to is None else min(up_to, len(c.messages))
        c.places[person].read = max(c.places[person].read, end)

    # --- conversations and people

    def find(self, kind: str, people: set[int], product: int | None = None) -> Conversation | None:
        """The one there may be only one of."""
        found = self.conversations.values()
        same = (c for c in found if (c.kind, set(c.places), c.product) == (kind, people, product))
        return next(same, None)

    def why_not_open(self, person: int, others: set[int]) -> Codes:
        """Refusals of a new conversation."""
        apart = any(self.blocked(person, other) for other in others)
        return frozenset({"blocked"}) if apart else FINE

    def open(
        self, id: int, kind: str, creator: int, others: set[int], product: int | None = None
    ) -> Conversation:
        """There is a conversation now."""
        places = {person: Place() for person in (creator, *others)}
        made = self.conversations[id] = Conversation(id, kind, creator, places, product)
        return made

    def why_not_change(self, person: int, c: Conversation, status: str | None) -> Codes:
        """Refusals of archiving, muting, closing, opening."""
        if person not in c.here():
            return frozenset({"not_found"})
        changes = status is not None and (status == "open") != c.open
        return frozenset({"forbidden"}) if changes and not self._may_lead(person, c) else FINE

    def _may_lead(self, person: int, c: Conversation) -> bool:
        return c.kind != "group" or c.creator == person

    def why_not_add(self, person: int, c: Conversation, other: int) -> Codes:
        """Refusals of bringing somebody in."""
        if person not in c.here():
            return frozenset({"not_found"})
        if c.kind != "group" or c.creator != person:
            return frozenset({"forbidden"})
        apart = other not in c.here() and self.blocked(person, other)
        return frozenset({"blocked"}) if apart else FINE

    def add(self, c: Conversation, other: int) -> None:
        """Somebody belongs to it, again perhaps."""
        c.places.setdefault(other, Place()).here = True

    def why_not_remove(self, person: int, c: Conversation, other: int) -> Codes:
        """Refusals of taking somebody out, or of leaving."""
        if person not in c.here():
            return frozenset({"not_found"})
        if c.kind != "group" or (person != other and c.creator != person):
            return frozenset({"forbidden"})
        return FINE if other in c.here() else frozenset({"not_found"})


def _message(c: Conversation, message: Message, reader: int) -> View:
    quoted = message.reply_to
    return {
        "id": message.id,
        "seq": message.seq,
        "conversation_id": c.id,
        "sender": message.sender,
        "text": message.text_for(reader),
        "client_id": message.client_id,
        "reply_to": None
        if quoted is None
        else {
            "id": quoted.id,
            "sender_id": quoted.sender,
            "excerpt": excerpt(quoted.text_for(reader)),
        },
        "edited": message.edited,
        "deleted": message.text_for(reader) is None,
    }


def excerpt(text: str | None) -> str | None:
    """How a reply shows its original."""
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1].rstrip() + "…"


# --- what the server says, in the same words


def seen(conversations: list[View], messages: list[View]) -> View:
    """A server's conversations and messages as a model's view."""
    found = {c["id"]: _seen_conversation(c) for c in conversations}
    for message in sorted(messages, key=lambda view: view["seq"]):
        if message["conversation_id"] in found:
            found[message["conversation_id"]]["messages"].append(_seen_message(message))
    return found


def _seen_conversation(c: View) -> View:
    kept = ("kind", "status", "archived", "muted", "last_seq", "unread_count")
    return {
        **{name: c[name] for name in kept},
        "product": c["product"] and c["product"]["id"],
        "participants": {p["user"]["id"]: p["last_read_seq"] for p in c["participants"]},
        "last_message": c["last_message"] and _seen_message(c["last_message"]),
        "messages": [],
    }


def _seen_message(message: View) -> View:
    kept = ("id", "seq", "conversation_id", "text", "client_id", "reply_to")
    return {
        **{name: message[name] for name in kept},
        "sender": message["sender"]["id"],
        "edited": message["edited_at"] is not None,
        "deleted": message["deleted_at"] is not None,
    }
