"""Reads messages as their reader sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import User
from app.messages.models import HiddenMessage, Message
from app.store.prepared import Prepared, PreparedFor, Row
from app.store.types import AnySelect, iso

View = dict[str, Any]

# Characters of a message that a reply to it shows.
EXCERPT_LENGTH = 140
PAGE_LENGTH = 50
END = 1 << 62  # above every seq and revision
# Reader 0 has hidden nothing: selects a message as participants see it by default.
ANYBODY = 0

_user: BindParameter[int] = bindparam("user_id")
_Original = aliased(Message)
_HiddenOriginal = aliased(HiddenMessage)

# A message as one reader sees it: the sender's name, the quoted message, whether the reader has
# deleted it for themself. The quote of a message that is a tombstone for the reader is left out,
# since it would show the deleted text. Columns are in the order of ``message_view``.
VISIBLE: AnySelect = (
    select(
        Message.id,
        Message.conversation_id,
        Message.seq,
        Message.revision,
        Message.client_id,
        Message.sender_id,
        User.name,
        Message.text,
        Message.reply_to_id,
        _Original.sender_id,
        case((_HiddenOriginal.message_id.is_(None), _Original.text), else_=None),
        Message.created_at,
        Message.edited_at,
        Message.deleted_at,
        HiddenMessage.hidden_at,
        HiddenMessage.revision,
    )
    .select_from(Message)
    .join(User, User.id == Message.sender_id)
    .outerjoin(_Original, _Original.id == Message.reply_to_id)
    .outerjoin(
        _HiddenOriginal,
        and_(_HiddenOriginal.message_id == Message.reply_to_id, _HiddenOriginal.user_id == _user),
    )
    .outerjoin(
        HiddenMessage,
        and_(HiddenMessage.message_id == Message.id, HiddenMessage.user_id == _user),
    )
)
_HERE = VISIBLE.where(Message.conversation_id == bindparam("conversation_id")).limit(
    bindparam("most")
)
_BY_ID = PreparedFor(lambda ids: VISIBLE.where(Message.id.in_(ids)))
_HIDDEN_FROM = PreparedFor(
    lambda ids: select(HiddenMessage.user_id).where(HiddenMessage.message_id.in_(ids))
)
_BEFORE = Prepared(_HERE.where(Message.seq < bindparam("seq")).order_by(Message.seq.desc()))
_AFTER = Prepared(_HERE.where(Message.seq > bindparam("seq")).order_by(Message.seq))


def message_view(row: Row) -> View:
    """Returns a Message as on the wire, from a row of :data:`VISIBLE`; sending makes such a row."""
    (
        message_id, conversation_id, seq, revision, client_id, sender_id, sender_name, text,
        reply_to_id, original_sender_id, original_text, created_at, edited_at, deleted_at,
        hidden_at, hidden_revision,
    ) = row  # fmt: skip
    return {
        "id": message_id,
        "conversation_id": conversation_id,
        "seq": seq,
        "revision": revision if hidden_at is None else max(revision, hidden_revision),
        "client_id": client_id,
        "sender": {"id": sender_id, "name": sender_name},
        "text": text if hidden_at is None else None,
        "reply_to": reply_to_id
        and {
            "id": reply_to_id,
            "sender_id": original_sender_id,
            "excerpt": original_text and excerpt(original_text),
        },
        "created_at": iso(created_at),
        "edited_at": iso(edited_at),
        "deleted_at": iso(deleted_at or hidden_at),
    }


def messages_for(session: Session, user_id: int, ids: Iterable[int]) -> dict[int, View]:
    """Returns messages by id, as one reader sees them."""
    rows = _BY_ID.rows(session, sorted(set(ids)), user_id=user_id)
    return {row[0]: message_view(row) for row in rows}


def message_for(session: Session, user_id: int, message_id: int) -> View:
    """Returns one message as its reader sees it; the caller has checked access."""
    return messages_for(session, user_id, [message_id])[message_id]


def page_before(
    session: Session, user_id: int, conversation_id: int, before_seq: int | None, limit: int
) -> tuple[list[View], bool]:
    """Returns the last messages, before a ``seq`` if given, oldest first; and whether more exist."""
    seq = END if before_seq is None else before_seq
    rows = _BEFORE.rows(
        session, user_id=user_id, conversation_id=conversation_id, seq=seq, most=limit + 1
    )
    return [message_view(row) for row in reversed(rows[:limit])], len(rows) > limit


def page_after(
    session: Session, user_id: int, conversation_id: int, after_seq: int, limit: int
) -> tuple[list[View], bool]:
    """Returns the messages after a ``seq``, oldest first; and whether more exist."""
    rows = _AFTER.rows(
        session, user_id=user_id, conversation_id=conversation_id, seq=after_seq, most=limit + 1
    )
    return [message_view(row) for row in rows[:limit]], len(rows) > limit


def who_hid(session: Session, views: Collection[View]) -> frozenset[int]:
    """Returns the users who have hidden one of these messages, or a message quoted in one."""
    quoted = [view["reply_to"]["id"] for view in views if view["reply_to"]]
    return hidden_by(session, {*quoted, *(view["id"] for view in views)})


def hidden_by(session: Session, ids: Collection[int]) -> frozenset[int]:
    """Returns the users who have deleted one of these messages for themself."""
    return frozenset(row[0] for row in _HIDDEN_FROM.rows(session, ids))


def excerpt(text: str) -> str:
    """Returns the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1].rstrip() + "…"
