"""Messages as a page shows them, with the separators between them.

Pure functions from wire objects (docs/protocol.md) to rows. A template renders each row, and a
blank one that the script fills.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.web.catalogue import phrase
from app.web.filters import moment

Payload = dict[str, Any]

CONTINUES_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class MessageRow:
    """A message, with the facts that depend on its neighbours and on the reader."""

    message: Payload = field(default_factory=dict)
    own: bool = False
    continued: bool = False
    read: bool = False
    author: str = ""
    reply_author: str = ""
    reply_excerpt: str = ""

    @property
    def deleted(self) -> bool:
        """Whether the message is a tombstone for the reader."""
        return bool(self.message.get("deleted_at"))


@dataclass(frozen=True)
class Day:
    """A separator between two days."""

    day: date


@dataclass(frozen=True)
class UnreadLine:
    """The line above the first unread message."""


def _last_read_of_others(conversation: Payload, me_id: int) -> int:
    """Returns the lowest read mark of the other participants."""
    people = conversation["participants"]
    return min((item["last_read_seq"] for item in people if item["user"]["id"] != me_id), default=0)


def message_items(
    messages: list[Payload], conversation: Payload, me_id: int, read_seq: int
) -> Iterator[Day | UnreadLine | MessageRow]:
    """Yields messages in order, with day separators and a line above the first unread one.

    ``read_seq`` is the reader's mark from before this page was opened.
    """
    names = {item["user"]["id"]: item["user"]["name"] for item in conversation["participants"]}
    read_by_all = _last_read_of_others(conversation, me_id)
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
    """Whether a message follows the one above: same sender, same day, minutes later."""
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
