"""Changing messages: edit, delete, mark read. Sending is in ``sending.py``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.conversations.access import access_conversation, participant_ids
from app.conversations.commands import refuse_if_blocked
from app.conversations.models import Conversation, Participant
from app.messages.access import (
    access_deletable_message,
    access_editable_message,
    access_message,
)
from app.messages.models import HiddenMessage, Message
from app.messages.queries import message_for
from app.messages.schemas import DeleteMessage, EditMessage, MarkRead
from app.realtime.connection import Actor
from app.realtime.events import Event, MessageDeleted, MessageEdited, MessagesRead
from app.store import WriteSession
from app.store.types import iso

# Whoever is asked for as reader 0 has hidden nothing: a message as everybody sees it.
ANYBODY = 0


def edit_message(
    session: WriteSession, actor: Actor, given: EditMessage
) -> tuple[dict[str, Any], list[Event]]:
    """Give a message another text; the same text again changes nothing."""
    message = access_editable_message(session, actor, given.message_id)
    conversation = access_conversation(session, actor, message.conversation_id).conversation
    refuse_if_blocked(session, actor, conversation)
    if message.text == given.text:
        return {"message": message_for(session, actor.user_id, message.id)}, []
    message.text, message.edited_at = given.text, session.now
    message.revision = conversation.revision = session.revision
    session.flush()
    return {"message": message_for(session, actor.user_id, message.id)}, _edited(session, message)


def delete_message(
    session: WriteSession, actor: Actor, given: DeleteMessage
) -> tuple[dict[str, Any], list[Event]]:
    """Turn a message into a tombstone, for everyone or for oneself. Twice is no error."""
    if given.scope == "me":
        message, membership = access_message(session, actor, given.message_id)
        events = _hide(session, actor, message, membership.participant)
    else:
        message = access_deletable_message(session, actor, given.message_id)
        events = _erase(session, actor, message)
    return {"message": message_for(session, actor.user_id, message.id)}, events


def mark_read(
    session: WriteSession, actor: Actor, given: MarkRead
) -> tuple[dict[str, Any], list[Event]]:
    """Move the actor's read mark forward, to ``up_to_seq`` or the end; it never moves back."""
    membership = access_conversation(session, actor, given.conversation_id)
    conversation, mine = membership.conversation, membership.participant
    wanted = conversation.last_seq if given.up_to_seq is None else given.up_to_seq
    seq = min(wanted, conversation.last_seq)
    events: list[Event] = []
    if seq > mine.last_read_seq:
        events = _move_mark(session, conversation, mine, seq)
    unread = conversation.last_seq - mine.last_read_seq - mine.unread_skipped
    result = {
        "conversation_id": conversation.id,
        "last_read_seq": mine.last_read_seq,
        "unread_count": unread,
    }
    return result, events


def _edited(session: WriteSession, message: Message) -> list[Event]:
    """The new text to whoever sees it; to whoever has deleted it for themself, their tombstone: its
    stamps have changed too, and so has their list of conversations.
    """
    people = frozenset(participant_ids(session, message.conversation_id))
    hidden_from = _hidden_from(session, message) & people
    views = [(ANYBODY, people - hidden_from)]
    views += [(user_id, frozenset({user_id})) for user_id in sorted(hidden_from)]
    return [
        MessageEdited(
            revision=session.revision,
            message=message_for(session, reader, message.id),
            audience=audience,
        )
        for reader, audience in views
    ]


def _erase(session: WriteSession, actor: Actor, message: Message) -> list[Event]:
    if message.deleted_at is not None:
        return []
    hidden_from = _hidden_from(session, message)
    message.text, message.deleted_at, message.deleted_by = None, session.now, actor.user_id
    message.revision = session.revision
    session.execute(
        update(Conversation)
        .where(Conversation.id == message.conversation_id)
        .values(revision=session.revision)
    )
    # A tombstone is no news to those who had not read it yet.
    session.execute(
        update(Participant)
        .where(
            Participant.conversation_id == message.conversation_id,
            Participant.last_read_seq < message.seq,
            Participant.user_id.not_in({message.sender_id, *hidden_from}),
        )
        .values(unread_skipped=Participant.unread_skipped + 1)
    )
    audience = frozenset(participant_ids(session, message.conversation_id))
    return [_deleted_event(session, actor, message, "everyone", audience)]


def _hide(session: WriteSession, actor: Actor, message: Message, mine: Participant) -> list[Event]:
    if message.deleted_at is not None or actor.user_id in _hidden_from(session, message):
        return []
    session.add(
        HiddenMessage(
            user_id=actor.user_id,
            message_id=message.id,
            conversation_id=message.conversation_id,
            seq=message.seq,
            hidden_at=session.now,
            revision=session.revision,
        )
    )
    mine.revision = session.revision
    if message.seq > mine.last_read_seq and message.sender_id != actor.user_id:
        mine.unread_skipped += 1
    session.flush()
    return [_deleted_event(session, actor, message, "me", frozenset({actor.user_id}))]


def _deleted_event(
    session: WriteSession, actor: Actor, message: Message, scope: str, audience: frozenset[int]
) -> MessageDeleted:
    return MessageDeleted(
        revision=session.revision, conversation_id=message.conversation_id, message_id=message.id,
        seq=message.seq, scope=scope, deleted_by=actor.user_id, deleted_at=iso(session.now) or "",
        audience=audience,
    )  # fmt: skip


def _hidden_from(session: Session, message: Message) -> frozenset[int]:
    return frozenset(
        session.scalars(select(HiddenMessage.user_id).where(HiddenMessage.message_id == message.id))
    )


def _move_mark(
    session: WriteSession, conversation: Conversation, mine: Participant, seq: int
) -> list[Event]:
    mine.last_read_seq, mine.last_read_at = seq, session.now
    mine.unread_skipped = _count_no_news(session, mine, seq) if seq < conversation.last_seq else 0
    mine.read_revision = conversation.reads_revision = session.revision
    session.flush()
    return [
        MessagesRead(
            revision=session.revision,
            conversation_id=conversation.id,
            user_id=mine.user_id,
            last_read_seq=seq,
            read_at=iso(session.now) or "",
            participant_ids=frozenset(participant_ids(session, conversation.id)),
        )
    ]


def _count_no_news(session: Session, mine: Participant, seq: int) -> int:
    """Messages after ``seq`` that are no news to someone: their own, and deleted ones."""
    hidden = select(HiddenMessage.message_id).where(
        HiddenMessage.user_id == mine.user_id,
        HiddenMessage.conversation_id == mine.conversation_id,
        HiddenMessage.seq > seq,
    )
    counted = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == mine.conversation_id,
            Message.seq > seq,
            or_(
                Message.sender_id == mine.user_id,
                Message.deleted_at.is_not(None),
                Message.id.in_(hidden),
            ),
        )
    )
    return counted or 0
