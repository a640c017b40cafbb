"""Commands of messages: edit, delete, mark read. Sending is in ``sending.py``."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.actor import Actor
from app.contract.command import command
from app.conversations.access import participant_ids
from app.conversations.storing import stamp_both
from app.conversations.unread import move_tally
from app.errors import not_found
from app.messages import statements
from app.messages.access import (
    Target,
    access_deletable_message,
    access_editable_message,
    access_message,
)
from app.messages.events import MessageDeleted, MessageEdited, MessagesRead
from app.messages.queries import ANYBODY, hidden_by, message_for
from app.messages.schemas import DeleteMessage, EditMessage, MarkRead
from app.realtime.event import Event
from app.store import WriteSession
from app.store.types import iso


class ReadContext(NamedTuple):
    """The facts about a conversation that moving a read mark needs."""

    last_seq: int
    read_seq: int
    skipped: int
    peer_id: int | None

    @property
    def unread(self) -> int:
        """Messages by others after the mark that are not deleted."""
        return self.last_seq - self.read_seq - self.skipped


@command(
    limit="write", refuses=("not_found", "forbidden", "blocked", "conversation_closed", "conflict")
)
def edit_message(
    session: WriteSession, actor: Actor, given: EditMessage
) -> tuple[dict[str, Any], list[Event]]:
    """Replaces the text of a message; the same text changes nothing."""
    target = access_editable_message(session, actor, given.message_id)
    if target.text == given.text:
        return {"message": message_for(session, actor.user_id, target.id)}, []
    statements.EDIT.run(
        session, of_message=target.id, text=given.text, now=session.now, revision=session.revision
    )
    _stamp(session, target)
    events = _edited(session, target)
    return {"message": message_for(session, actor.user_id, target.id)}, events


@command(limit="write", refuses=("not_found", "forbidden"))
def delete_message(
    session: WriteSession, actor: Actor, given: DeleteMessage
) -> tuple[dict[str, Any], list[Event]]:
    """Turns a message into a tombstone, for all or for the actor. Repeating it is no error."""
    if given.scope == "me":
        target = access_message(session, actor, given.message_id)
        events = _hide(session, actor, target)
    else:
        target = access_deletable_message(session, actor, given.message_id)
        events = _erase(session, actor, target)
    return {"message": message_for(session, actor.user_id, target.id)}, events


@command(limit="write", refuses=("not_found",))
def mark_read(
    session: WriteSession, actor: Actor, given: MarkRead
) -> tuple[dict[str, Any], list[Event]]:
    """Moves the actor's read mark forward to ``up_to_seq`` or the end; it never moves back."""
    conversation_id = given.conversation_id
    context = _read_context(session, actor, conversation_id)
    wanted = context.last_seq if given.up_to_seq is None else given.up_to_seq
    seq = min(wanted, context.last_seq)
    unread = context.unread
    events: list[Event] = []
    if seq > context.read_seq:
        unread, events = _move_mark(session, actor, conversation_id, context, seq)
    result = {
        "conversation_id": conversation_id,
        "last_read_seq": max(seq, context.read_seq),
        "unread_count": unread,
    }
    return result, events


def _edited(session: WriteSession, target: Target) -> list[Event]:
    """Returns the events of an edit: the new text, or a tombstone for readers who hid the message.

    The tombstone's revision and that reader's list of conversations have changed too.
    """
    people = frozenset(participant_ids(session, target.conversation_id))
    hidden_from = hidden_by(session, [target.id]) & people
    views = [(ANYBODY, people - hidden_from)]
    views += [(user_id, frozenset({user_id})) for user_id in sorted(hidden_from)]
    return [
        MessageEdited(
            revision=session.revision,
            message=message_for(session, reader, target.id),
            audience=audience,
        )
        for reader, audience in views
    ]


def _erase(session: WriteSession, actor: Actor, target: Target) -> list[Event]:
    if target.deleted_at is not None:
        return []
    now, revision = session.now, session.revision
    statements.ERASE.run(
        session, of_message=target.id, deleter=actor.user_id, now=now, revision=revision
    )
    _stamp(session, target)
    _skip_tombstone(session, target)
    audience = frozenset(participant_ids(session, target.conversation_id))
    return [_deleted_event(session, actor, target, "everyone", audience)]


def _skip_tombstone(session: WriteSession, target: Target) -> None:
    """Excludes a deleted message from the unread counts of participants who had not read it."""
    skipping = statements.SKIP_TOMBSTONE.rows(
        session,
        in_conversation=target.conversation_id,
        before_seq=target.seq,
        sender_id=target.sender_id,
        message_id=target.id,
    )
    for user_id, peer_id in skipping:
        if peer_id is not None:
            move_tally(session, user_id, -1)


def _hide(session: WriteSession, actor: Actor, target: Target) -> list[Event]:
    if target.deleted_at is not None or target.hidden_at is not None:
        return []
    user_id, conversation_id = actor.user_id, target.conversation_id
    statements.HIDE.run(
        session,
        user_id=user_id,
        message_id=target.id,
        conversation_id=conversation_id,
        seq=target.seq,
        now=session.now,
        revision=session.revision,
    )
    was_news = target.seq > (target.read_seq or 0) and target.sender_id != user_id
    statements.SKIP_HIDDEN.run(
        session,
        in_conversation=conversation_id,
        reader_id=user_id,
        skipped=int(was_news),
        revision=session.revision,
    )
    if was_news and target.peer_id is not None:
        move_tally(session, user_id, -1)
    return [_deleted_event(session, actor, target, "me", frozenset({user_id}))]


def _stamp(session: WriteSession, target: Target) -> None:
    """Stamps the conversation as changed for all participants."""
    statements.STAMP_CHANGE.run(session, id=target.conversation_id, revision=session.revision)
    stamp_both(session, target.conversation_id)


def _deleted_event(
    session: WriteSession, actor: Actor, target: Target, scope: str, audience: frozenset[int]
) -> MessageDeleted:
    return MessageDeleted(
        revision=session.revision,
        conversation_id=target.conversation_id,
        message_id=target.id,
        seq=target.seq,
        scope=scope,
        deleted_by=actor.user_id,
        deleted_at=iso(session.now) or "",
        audience=audience,
    )


def _read_context(session: Session, actor: Actor, conversation_id: int) -> ReadContext:
    """Returns the facts for moving a read mark; raises ``not_found``."""
    row = statements.READER.first(session, conversation_id=conversation_id, user_id=actor.user_id)
    if row is None:
        raise not_found()
    return ReadContext(*row)


def _move_mark(
    session: WriteSession, actor: Actor, conversation_id: int, context: ReadContext, seq: int
) -> tuple[int, list[Event]]:
    """Stores the read mark; returns the number of unread messages after it, and the events."""
    user_id = actor.user_id
    skipped = _skipped_after(session, user_id, conversation_id, context, seq)
    statements.MOVE.run(
        session,
        in_conversation=conversation_id,
        reader_id=user_id,
        seq=seq,
        skipped=skipped,
        now=session.now,
        revision=session.revision,
    )
    statements.STAMP_READ.run(session, id=conversation_id, revision=session.revision)
    unread = context.last_seq - seq - skipped
    if context.peer_id is not None and unread != context.unread:
        move_tally(session, user_id, unread - context.unread)
    return unread, [
        MessagesRead(
            revision=session.revision,
            conversation_id=conversation_id,
            user_id=user_id,
            last_read_seq=seq,
            read_at=iso(session.now) or "",
            participant_ids=_people(session, user_id, conversation_id, context.peer_id),
        )
    ]


def _people(
    session: Session, user_id: int, conversation_id: int, peer_id: int | None
) -> frozenset[int]:
    """Returns the participants of a conversation; those of two are known without a query."""
    if peer_id is None:
        return frozenset(participant_ids(session, conversation_id))
    return frozenset((user_id, peer_id))


def _skipped_after(
    session: Session, user_id: int, conversation_id: int, context: ReadContext, seq: int
) -> int:
    """Returns how many messages after ``seq`` never count as unread: own and deleted ones.

    They are counted on the shorter side of the mark. Marks never move back, so each message is
    counted at most once per reader, for any length of the conversation.
    """
    if seq == context.last_seq:
        return 0
    passed = seq - context.read_seq < context.last_seq - seq
    first, last = (context.read_seq, seq) if passed else (seq, context.last_seq)
    row = statements.NO_NEWS.first(
        session, conversation_id=conversation_id, user_id=user_id, after=first, until=last
    )
    counted = row[0] if row else 0
    return context.skipped - counted if passed else counted
