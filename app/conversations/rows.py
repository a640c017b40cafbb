"""Conversations and messages as a page shows them: what is said where, for whom.

Pure functions from wire objects (see docs/protocol.md) to rows. Each template renders a row
given by these, and a blank one for the script to fill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.web.catalogue import phrase
from app.web.filters import initials, moment, one_line, tone

Payload = dict[str, Any]

# Whose place is in a row that the script has yet to fill.
NOBODY: Payload = {"id": None, "name": "", "avatar_url": None, "online": False}
CONTINUES_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class ConversationRow:
    """A line of the inbox."""

    id: int | None = None
    kind: str = "direct"
    revision: int = 0
    updated_at: str = ""
    status: str = "open"
    archived: bool = False
    muted: bool = False
    title: str = ""
    person: str = ""
    picture_url: str | None = None
    initials: str = ""
    tone: int = 0
    other: Payload | None = None  # whose presence is shown; nobody's in a group
    time: str = ""
    excerpt: str = ""
    unread: int = 0


@dataclass(frozen=True)
class MessageRow:
    """A message, with what depends on its neighbours and on who reads."""

    message: Payload = field(default_factory=dict)
    own: bool = False
    continued: bool = False
    read: bool = False
    author: str = ""
    reply_author: str = ""
    reply_excerpt: str = ""

    @property
    def deleted(self) -> bool:
        """Whether it is a tombstone in the reader's view."""
        return bool(self.message.get("deleted_at"))


@dataclass(frozen=True)
class Day:
    """A separator between two days."""

    day: date


@dataclass(frozen=True)
class UnreadLine:
    """What stands above the first message not read before."""


def others(conversation: Payload, me_id: int) -> list[Payload]:
    """The participants who are not the reader."""
    people = (participant["user"] for participant in conversation["participants"])
    return [user for user in people if user["id"] != me_id]


def names_of(people: list[Payload]) -> str:
    """Several people, comma-joined."""
    return ", ".join(user["name"] for user in people)


def counterpart(conversation: Payload, me_id: int) -> Payload | None:
    """The other person of a conversation of two; ``None`` in a group."""
    people = others(conversation, me_id)
    return people[0] if len(people) == 1 and conversation["kind"] != "group" else None


def conversation_title(conversation: Payload, me_id: int) -> str:
    """What it is about: the product's title, or the group's, else the names of the others."""
    product = conversation["product"]
    names = names_of(others(conversation, me_id))
    return (product and product["title"]) or conversation["title"] or names or phrase("you")


def conversation_row(conversation: Payload, me_id: int) -> ConversationRow:
    """A conversation as a line of the reader's inbox."""
    product, people = conversation["product"], others(conversation, me_id)
    title, names = conversation_title(conversation, me_id), names_of(people)
    last = conversation["last_message"]
    face = product or (people[0] if people else {})
    return ConversationRow(
        id=conversation["id"],
        kind=conversation["kind"],
        revision=conversation["revision"],
        updated_at=conversation["updated_at"],
        status=conversation["status"],
        archived=conversation["archived"],
        muted=conversation["muted"],
        title=title,
        person="" if names == title else names,
        picture_url=face.get("image_url") or face.get("avatar_url"),
        initials=initials(title),
        tone=tone(face.get("id")),
        other=counterpart(conversation, me_id),
        time=last["created_at"] if last else conversation["updated_at"],
        excerpt=_excerpt(conversation, me_id),
        unread=conversation["unread_count"],
    )


def _excerpt(conversation: Payload, me_id: int) -> str:
    message = conversation["last_message"]
    if message is None:
        return ""
    if message["text"] is None:
        return phrase("message_deleted")
    text = one_line(message["text"])
    return phrase("you_excerpt", text=text) if message["sender"]["id"] == me_id else text


def last_read_of(conversation: Payload, me_id: int) -> int:
    """Up to where the reader has read."""
    marks = {item["user"]["id"]: item["last_read_seq"] for item in conversation["participants"]}
    return int(marks.get(me_id, 0))


def last_read_of_others(conversation: Payload, me_id: int) -> int:
    """Up to where all the others have read."""
    people = conversation["participants"]
    return min((item["last_read_seq"] for item in people if item["user"]["id"] != me_id), default=0)


def message_items(
    messages: list[Payload], conversation: Payload, me_id: int, read_seq: int
) -> Iterator[Day | UnreadLine | MessageRow]:
    """Messages in order, with day separators and one line above the first unread one.

    ``read_seq`` is the reader's mark as it was before this page was opened.
    """
    names = {item["user"]["id"]: item["user"]["name"] for item in conversation["participants"]}
    read_by_all = last_read_of_others(conversation, me_id)
    line_due = True
    previous: Payload | None = None
    for message in messages:
        if previous is None or _day(previous) != _day(message):
            yield Day(_day(message))
        own = message["sender"]["id"] == me_id
        if line_due and not own and message["seq"] > read_seq and not message["deleted_at"]:
            yield UnreadLine()
            line_due = False
        yield MessageRow(
            message=message,
            own=own,
            continued=_continues(previous, message),
            read=own and message["seq"] <= read_by_all,
            author=phrase("you") if own else message["sender"]["name"],
            **_reply(message, me_id, names),
        )
        previous = message


def _continues(previous: Payload | None, message: Payload) -> bool:
    """Whether a message goes on from the one above: same person, same day, minutes later."""
    if previous is None or previous["sender"]["id"] != message["sender"]["id"]:
        return False
    if previous["deleted_at"] or message["deleted_at"] or _day(previous) != _day(message):
        return False
    return _when(message) - _when(previous) < CONTINUES_WITHIN


def _when(message: Payload) -> datetime:
    when = moment(message["created_at"])
    assert when is not None
    return when


def _day(message: Payload) -> date:
    return _when(message).date()


def _reply(message: Payload, me_id: int, names: dict[int, str]) -> dict[str, str]:
    reply = message["reply_to"]
    if reply is None:
        return {}
    author = phrase("you") if reply["sender_id"] == me_id else names.get(reply["sender_id"], "")
    return {"reply_author": author, "reply_excerpt": reply["excerpt"] or phrase("original_deleted")}
