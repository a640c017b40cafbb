"""Reading messages, each as its reader sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import User
from app.conversations.models import Participant
from app.messages.models import HiddenMessage, Message
from app.store.types import AnyRow, AnySelect, iso

View = dict[str, Any]

# How much of a message a reply to it shows.
EXCERPT_LENGTH = 140
PAGE_LENGTH = 50

_Original = aliased(Message)
_HiddenOriginal = aliased(HiddenMessage)
# A quote of what is a tombstone in the reader's view would show what they wanted gone.
_QUOTED = case((_HiddenOriginal.message_id.is_(None), _Original.text), else_=None)


def visible_messages(user_id: int) -> AnySelect:
    """Messages with all a reader sees of them: the sender's name, what is replied to, whether the
    reader has deleted it for themself.
    """
    return (
        select(
            Message,
            User.name.label("sender_name"),
            _Original.sender_id.label("original_sender_id"),
            _QUOTED.label("original_text"),
            HiddenMessage.hidden_at,
            HiddenMessage.revision.label("hidden_revision"),
        )
        .join(User, User.id == Message.sender_id)
        .outerjoin(_Original, _Original.id == Message.reply_to_id)
        .outerjoin(
            _HiddenOriginal,
            and_(
                _HiddenOriginal.message_id == Message.reply_to_id,
                _HiddenOriginal.user_id == user_id,
            ),
        )
        .outerjoin(
            HiddenMessage,
            and_(HiddenMessage.message_id == Message.id, HiddenMessage.user_id == user_id),
        )
    )


def message_view(row: AnyRow) -> View:
    """A Message as on the wire, from a row of :func:`visible_messages`."""
    message: Message = row[0]
    hidden = row.hidden_at is not None
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "revision": max(message.revision, row.hidden_revision or 0),
        "client_id": message.client_id,
        "sender": {"id": message.sender_id, "name": row.sender_name},
        "text": None if hidden else message.text,
        "reply_to": _reply(message, row),
        "created_at": iso(message.created_at),
        "edited_at": iso(message.edited_at),
        "deleted_at": iso(message.deleted_at or row.hidden_at),
    }


def messages_for(
    session: Session, user_id: int, ids: Iterable[int | None]
) -> dict[int | None, View]:
    """Several messages by id, as one reader sees them."""
    rows = session.execute(visible_messages(user_id).where(Message.id.in_(set(ids))))
    return {row[0].id: message_view(row) for row in rows}


def message_for(session: Session, user_id: int, message_id: int) -> View:
    """One message as its reader sees it; the caller has been let in before."""
    return messages_for(session, user_id, [message_id])[message_id]


def page_before(
    session: Session, user_id: int, conversation_id: int, before_seq: int | None, limit: int
) -> tuple[list[View], bool]:
    """The newest messages, or those before a ``seq``; oldest first, and whether there are older."""
    statement = (
        _in_conversation(user_id, conversation_id).order_by(Message.seq.desc()).limit(limit + 1)
    )
    if before_seq is not None:
        statement = statement.where(Message.seq < before_seq)
    rows = session.execute(statement).all()
    return [message_view(row) for row in reversed(rows[:limit])], len(rows) > limit


def page_after(
    session: Session, user_id: int, conversation_id: int, after_seq: int, limit: int
) -> tuple[list[View], bool]:
    """The messages after a ``seq``, oldest first, and whether there are newer."""
    statement = (
        _in_conversation(user_id, conversation_id)
        .where(Message.seq > after_seq)
        .order_by(Message.seq)
        .limit(limit + 1)
    )
    rows = session.execute(statement).all()
    return [message_view(row) for row in rows[:limit]], len(rows) > limit


def _in_conversation(user_id: int, conversation_id: int) -> AnySelect:
    return visible_messages(user_id).where(Message.conversation_id == conversation_id)


def _reply(message: Message, row: AnyRow) -> View | None:
    if message.reply_to_id is None:
        return None
    text = row.original_text
    return {
        "id": message.reply_to_id,
        "sender_id": row.original_sender_id,
        "excerpt": None if text is None else excerpt(text),
    }


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1].rstrip() + "…"


# --- for synchronisation: see app/sync/queries.py ---------------------------------------------


def changed(user_id: int) -> AnySelect:
    """New, edited and deleted messages of someone's conversations, by revision."""
    return (
        select(Message.revision, Message.id)
        .join(Participant, Participant.conversation_id == Message.conversation_id)
        .where(Participant.user_id == user_id, Participant.removed_at.is_(None))
    )


def hidden(user_id: int) -> AnySelect:
    """Messages someone has deleted for themself, by the revision of doing so."""
    return (
        select(HiddenMessage.revision, HiddenMessage.message_id)
        .join(Participant, Participant.conversation_id == HiddenMessage.conversation_id)
        .where(
            HiddenMessage.user_id == user_id,
            Participant.user_id == user_id,
            Participant.removed_at.is_(None),
        )
    )


def changed_views(session: Session, user_id: int, rows: Sequence[AnyRow]) -> list[View]:
    """Rows of :func:`changed` or :func:`hidden` as their reader sees them, in the same order."""
    found = messages_for(session, user_id, [row[1] for row in rows])
    return [found[row[1]] for row in rows]
