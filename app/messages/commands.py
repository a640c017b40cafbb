"""Changing messages: send, edit, delete, mark read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.conversations.access import Membership, access_conversation, participant_ids
from app.conversations.commands import about_product, refuse_if_blocked, with_person
from app.conversations.models import Conversation, Participant
from app.conversations.queries import unread_counts, updated
from app.errors import N_, PalabreError, invalid
from app.messages.access import (
    access_deletable_message,
    access_editable_message,
    access_message,
    refuse_if_closed,
)
from app.messages.models import HiddenMessage, Message
from app.messages.queries import message_for
from app.messages.schemas import DeleteMessage, EditMessage, MarkRead, SendMessage
from app.realtime.connection import Actor
from app.realtime.events import Event, MessageDeleted, MessageEdited, MessageSent, MessagesRead
from app.store import WriteSession
from app.store.types import iso

# Whoever is asked for as reader 0 has hidden nothing: a message as everybody sees it.
ANYBODY = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """The stored message; ``created`` is false when a retry found it already there."""

    message: dict[str, Any]
    conversation_id: int
    created: bool

    def as_dict(self) -> dict[str, Any]:
        """The ``data`` of the acknowledgement."""
        return {"message": self.message, "conversation_id": self.conversation_id}


def send_message(
    session: WriteSession, actor: Actor, given: SendMessage
) -> tuple[Sent, list[Event]]:
    """Store a message, opening the conversation if the target has none yet.

    A repeated ``client_id`` answers with the first message. Raises ``not_found``, ``blocked``,
    ``conversation_closed``, ``conflict`` (the ``client_id`` was used for something else) or
    ``invalid_payload``.
    """
    membership, opened = _target(session, actor, given)
    body_hash = _body_hash(membership.conversation.id, given)
    earlier = _sent_before(session, actor, given, body_hash)
    if earlier is not None:
        return earlier, []
    refuse_if_closed(membership)
    refuse_if_blocked(session, actor, membership.conversation)
    _check_reply(session, membership.conversation, given.reply_to_id)
    message = _store(session, actor, membership, given, body_hash)
    view = message_for(session, ANYBODY, message.id)
    events = updated(session, message.conversation_id) if opened else []
    return Sent(view, message.conversation_id, True), [*events, _sent_event(session, actor, view)]


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
    view = message_for(session, ANYBODY, message.id)
    audience = frozenset(participant_ids(session, conversation.id)) - _hidden_from(session, message)
    return {"message": view}, [
        MessageEdited(revision=session.revision, message=view, audience=audience)
    ]


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


def _target(session: WriteSession, actor: Actor, given: SendMessage) -> tuple[Membership, bool]:
    """The conversation a message goes to, and whether it has just been opened."""
    opened = False
    if given.conversation_id is not None:
        conversation_id = given.conversation_id
    elif given.product_id is not None:
        conversation, opened = about_product(session, actor, given.product_id)
        conversation_id = conversation.id
    else:
        assert given.recipient_id is not None  # the schema has seen to it
        conversation, opened = with_person(session, actor, given.recipient_id)
        conversation_id = conversation.id
    membership = access_conversation(session, actor, conversation_id)
    _refuse_contradiction(session, membership.conversation, given)
    return membership, opened


def _refuse_contradiction(session: Session, conversation: Conversation, given: SendMessage) -> None:
    """Clients may name several targets as long as they mean the same conversation."""
    if given.product_id not in (None, conversation.product_id):
        raise invalid("product_id", N_("is not what this conversation is about"))
    if given.recipient_id is not None and given.recipient_id not in participant_ids(
        session, conversation.id
    ):
        raise invalid("recipient_id", N_("is not in this conversation"))


def _body_hash(conversation_id: int, given: SendMessage) -> str | None:
    if given.client_id is None:
        return None
    body = json.dumps([conversation_id, given.text, given.reply_to_id])
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def _sent_before(
    session: Session, actor: Actor, given: SendMessage, body_hash: str | None
) -> Sent | None:
    if given.client_id is None:
        return None
    earlier = session.scalars(
        select(Message).where(
            Message.sender_id == actor.user_id, Message.client_id == given.client_id
        )
    ).first()
    if earlier is None:
        return None
    if earlier.body_hash != body_hash:
        raise PalabreError("conflict", N_("This client_id was already used for another message."))
    return Sent(message_for(session, actor.user_id, earlier.id), earlier.conversation_id, False)


def _check_reply(session: Session, conversation: Conversation, reply_to_id: int | None) -> None:
    if reply_to_id is None:
        return
    original = session.get(Message, reply_to_id)
    if original is None or original.conversation_id != conversation.id:
        raise invalid("reply_to_id", N_("is not a message of this conversation"))


def _store(
    session: WriteSession,
    actor: Actor,
    membership: Membership,
    given: SendMessage,
    body_hash: str | None,
) -> Message:
    conversation = membership.conversation
    message = Message(
        conversation_id=conversation.id, seq=conversation.last_seq + 1, sender_id=actor.user_id,
        client_id=given.client_id, body_hash=body_hash, text=given.text, reply_to_id=given.reply_to_id,
        created_at=session.now, revision=session.revision,
    )  # fmt: skip
    session.add(message)
    session.flush()
    conversation.last_seq, conversation.last_message_id = message.seq, message.id
    conversation.activity = conversation.revision = session.revision
    conversation.updated_at = session.now
    membership.participant.unread_skipped += 1  # one's own message is no news
    session.flush()
    return message


def _sent_event(session: Session, actor: Actor, view: dict[str, Any]) -> MessageSent:
    others = [u for u in participant_ids(session, view["conversation_id"]) if u != actor.user_id]
    unread = unread_counts(session, view["conversation_id"], others)
    return MessageSent(revision=view["revision"], message=view, unread=unread)


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
