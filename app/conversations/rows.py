"""Conversations as pages show them: headings, and the rows of the inbox.

Pure functions from wire objects (docs/protocol.md) to rows. A template renders each row, and a
blank one that the script fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.web.catalogue import phrase
from app.web.filters import initials, one_line, tone

Payload = dict[str, Any]

LIST_LENGTH = 50
# The user of a row that the script has yet to fill.
BLANK_USER: Payload = {"id": None, "name": "", "avatar_url": None, "online": False}


@dataclass(frozen=True)
class ConversationRow:
    """A row of the inbox."""

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
    other: Payload | None = None  # the user whose presence is shown; None in a group
    time: str = ""
    excerpt: str = ""
    unread: int = 0


def others(conversation: Payload, me_id: int) -> list[Payload]:
    """Returns the participants who are not the reader."""
    people = (participant["user"] for participant in conversation["participants"])
    return [user for user in people if user["id"] != me_id]


def names_of(people: list[Payload]) -> str:
    """Returns the names of users, joined by commas."""
    return ", ".join(user["name"] for user in people)


def counterpart(conversation: Payload, me_id: int) -> Payload | None:
    """Returns the other participant of two; ``None`` in a group."""
    people = others(conversation, me_id)
    return people[0] if len(people) == 1 and conversation["kind"] != "group" else None


def conversation_title(conversation: Payload, me_id: int) -> str:
    """Returns the product's title, or the group's, else the names of the other participants."""
    product = conversation["product"]
    names = names_of(others(conversation, me_id))
    return (product and product["title"]) or conversation["title"] or names or phrase("you")


def conversation_row(conversation: Payload, me_id: int) -> ConversationRow:
    """Returns the inbox row of a conversation."""
    people, last = others(conversation, me_id), conversation["last_message"]
    title, names = conversation_title(conversation, me_id), names_of(people)
    face = conversation["product"] or (people[0] if people else {})
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


def list_context(
    listed: list[Payload], next_cursor: str | None, me_id: int, archived: bool
) -> dict[str, Any]:
    """Returns the template context of the inbox's list, alone or beside an open conversation."""
    return {
        "rows_of_list": [conversation_row(view, me_id) for view in listed],
        "blank_conversation_row": ConversationRow(),
        "conversations_next_cursor": next_cursor,
        "archived": archived,
    }


def _excerpt(conversation: Payload, me_id: int) -> str:
    message = conversation["last_message"]
    if message is None:
        return ""
    if message["text"] is None:
        return phrase("message_deleted")
    text = one_line(message["text"])
    return phrase("you_excerpt", text=text) if message["sender"]["id"] == me_id else text
