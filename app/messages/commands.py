"""Changing messages: edit, delete, mark read. Sending is in ``sending.py``."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.conversations.access import access_conversation, participant_ids
from app.conversations.commands import refuse_if_blocked, stamp_both
from app.conversations.models import Conversation, Participant
from app.conversations.unread import move_tally
from app.errors import not_found
from app.messages import statements
from app.messages.access import (
    access_deletable_message,
    access_editable_message,
    access_message,
)
from app.messages.models import HiddenMessage, Message
from app.messages.queries import ANYBODY, message_for
from app.messages.schemas import DeleteMessage, EditMessage, MarkRead
from app.realtime.connection import Actor
from app.realtime.events import Event, MessageDeleted, MessageEdited, MessagesRead
from app.store import WriteSession
from app.store.types import iso


class ReaderPlace(NamedTuple):
    """A conversation as somebody who moves their mark in it must know it."""

    last_seq: int
    read_seq: int
    skipped: int
    peer_id: int | None

    @property
    def unread(self) -> int:
        """Messages by others after the mark that are not deleted."""
        return self.last_seq - self.read_seq - self.skipped


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
    stamp_both(session, conversation.id)
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
    conversation_id = given.conversation_id
    place = _reader_place(session, actor, conversation_id)
    wanted = place.last_seq if given.up_to_seq is None else given.up_to_seq
    seq = min(wanted, place.last_seq)
    unread = place.unread
    events: list[Event] = []
    if seq > place.read_seq:
        unread, events = _move_mark(session, actor, conversation_id, place, seq)
    result = {
        "conversation_id": conversation_id,
        "last_read_seq": max(seq, place.read_seq),
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
    session.flush()
    stamp_both(session, message.conversation_id)
    _skip_tombstone(session, message, hidden_from)
    audience = frozenset(participant_ids(session, message.conversation_id))
    return [_deleted_event(session, actor, message, "everyone", audience)]


def _skip_tombstone(session: WriteSession, message: Message, hidden_from: frozenset[int]) -> None:
    """A tombstone is no news to those who had not read it yet."""
    skipping = session.execute(
        update(Participant)
        .where(
            Participant.conversation_id == message.conversation_id,
            Participant.last_read_seq < message.seq,
            Participant.user_id.not_in({message.sender_id, *hidden_from}),
        )
        .values(unread_skipped=Participant.unread_skipped + 1)
        .returning(Participant.user_id, Participant.peer_id)
    )
    for user_id, peer_id in skipping.all():
        if peer_id is not None:
            move_tally(session, user_id, -1)


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
        if mine.peer_id is not None:
            move_tally(session, actor.user_id, -1)
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


def _reader_place(session: Session, actor: Actor, conversation_id: int) -> ReaderPlace:
    """The door for readers who move their mark: raises ``not_found``."""
    row = statements.READER.first(session, conversation_id=conversation_id, user_id=actor.user_id)
    if row is None:
        raise not_found()
    return ReaderPlace(*row)


def _move_mark(
    session: WriteSession, actor: Actor, conversation_id: int, place: ReaderPlace, seq: int
) -> tuple[int, list[Event]]:
    """Store where the mark stands; returns what is unread after it."""
    user_id = actor.user_id
    skipped = _skipped_after(session, user_id, conversation_id, place, seq)
    statements.MOVE.run(
        session, in_conversation=conversation_id, reader_id=user_id,
        seq=seq, skipped=skipped, now=session.now, revision=session.revision,
    )  # fmt: skip
    statements.STAMP_READ.run(session, id=conversation_id, revision=session.revision)
    unread = place.last_seq - seq - skipped
    if place.peer_id is None:
        people = frozenset(participant_ids(session, conversation_id))
    else:
        people = frozenset((user_id, place.peer_id))
        if unread != place.unread:
            move_tally(session, user_id, unread - place.unread)
    return unread, [
        MessagesRead(
            revision=session.revision,
            conversation_id=conversation_id,
            user_id=user_id,
            last_read_seq=seq,
            read_at=iso(session.now) or "",
            participant_ids=people,
        )
    ]


def _skipped_after(
    session: Session, user_id: int, conversation_id: int, place: ReaderPlace, seq: int
) -> int:
    """Messages after ``seq`` that are no news to someone: their own, and deleted ones.

    They are counted on the shorter side of the mark. As marks never move back, whoever reads on
    counts each message once at most, however long the conversation.
    """
    if seq == place.last_seq:
        return 0
    passed = seq - place.read_seq < place.last_seq - seq
    first, last = (place.read_seq, seq) if passed else (seq, place.last_seq)
    row = statements.NO_NEWS.first(
        session, conversation_id=conversation_id, user_id=user_id, after=first, until=last
    )
    counted = row[0] if row else 0
    return place.skipped - counted if passed else counted
