"""The command ``send_message``, the hottest path of the server, on prepared statements."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.actor import Actor
from app.contract.command import command
from app.conversations.commands import about_product, with_person
from app.conversations.storing import updated
from app.conversations.unread import Unread, move_tally, unread_in, unread_of_peer
from app.counters import promise
from app.errors import N_, PalabreError, invalid
from app.messages import statements
from app.messages.access import SendContext, access_sending, refuse_writing
from app.messages.events import MessageSent
from app.messages.queries import message_for, message_view
from app.messages.schemas import SendMessage
from app.realtime.event import Event
from app.store import WriteSession

Message = dict[str, Any]  # as on the wire


@dataclass(slots=True)
class SendResult:
    """The answer to a sender, and whether it stored a message (a retry stores none)."""

    sent: dict[str, Any]
    created: bool


# The end of a row of ``queries.VISIBLE``: neither edited, nor deleted, nor hidden by the reader.
NOT_CHANGED = (None, None, None, None)

# Both commands share it: ``deliver`` also reports whether the message is new, for 201 or 200.
_sends = command(
    limit="send", refuses=("not_found", "forbidden", "blocked", "conversation_closed", "conflict")
)


@_sends
def send_message(
    session: WriteSession, actor: Actor, given: SendMessage
) -> tuple[dict[str, Any], list[Event]]:
    """Stores a message, and opens the conversation if the target has none yet.

    Returns the ``data`` of an acknowledgement, and the events. A repeated ``client_id`` returns the
    first message. Raises ``not_found``, ``blocked``, ``conversation_closed``, ``conflict`` (the
    ``client_id`` was used for another message) or ``invalid_payload``; ``forbidden`` for a message
    about the actor's own product.
    """
    message, _created, events = _send(session, actor, given)
    return _data(message), events


@_sends
def deliver(
    session: WriteSession, actor: Actor, given: SendMessage
) -> tuple[SendResult, list[Event]]:
    """Stores a message as :func:`send_message` does; also returns whether it is new."""
    message, created, events = _send(session, actor, given)
    return SendResult(_data(message), created), events


def _data(message: Message) -> dict[str, Any]:
    return {"message": message, "conversation_id": message["conversation_id"]}


def _send(
    session: WriteSession, actor: Actor, given: SendMessage
) -> tuple[Message, bool, list[Event]]:
    conversation_id, opened = _target(session, actor, given)
    context = access_sending(session, actor, conversation_id)
    others = _others(session, actor, conversation_id, context)
    _refuse_contradiction(context, others, actor, given)
    body_hash = _body_hash(conversation_id, given)
    try:
        refuse_writing(context)
        original = _original(session, conversation_id, given.reply_to_id)
    except PalabreError:
        # The right to write may have ended since. A retry still gets the answer of the first try.
        if (earlier := _sent_before(session, actor, given, body_hash)) is not None:
            return earlier, False, []
        raise
    message = _store(session, actor, conversation_id, context, given, body_hash, original)
    if message is None:
        return _known(_sent_before(session, actor, given, body_hash)), False, []
    event = MessageSent(
        revision=message["revision"],
        message=message,
        others=others,
        unread_of=_count(session, actor, message, context),
    )
    return message, True, [*_opening(session, conversation_id, opened), event]


def _target(session: WriteSession, actor: Actor, given: SendMessage) -> tuple[int, bool]:
    """Returns the id of the conversation that a message goes to, and whether it is new."""
    if given.conversation_id is not None:
        return given.conversation_id, False
    if given.product_id is not None:
        return about_product(session, actor, given.product_id)
    assert given.recipient_id is not None  # the schema requires a target
    return with_person(session, actor, given.recipient_id)


def _others(
    session: WriteSession, actor: Actor, conversation_id: int, context: SendContext
) -> frozenset[int]:
    if context.peer_id is not None:
        return frozenset((context.peer_id,))
    # Consecutive messages of one sender to a group share this object, so that the recipients are
    # computed once for all of them (Connections.reached).
    key = conversation_id, actor.user_id
    others: frozenset[int] = session.recall(key, partial(_others_in_group, session, *key))
    return others


def _others_in_group(session: Session, conversation_id: int, user_id: int) -> frozenset[int]:
    rows = statements.OTHERS.rows(session, conversation_id=conversation_id, user_id=user_id)
    return frozenset(row[0] for row in rows)


def _refuse_contradiction(
    context: SendContext, others: frozenset[int], actor: Actor, given: SendMessage
) -> None:
    """Raises ``invalid_payload`` if the named targets mean different conversations."""
    if given.product_id not in (None, context.product_id):
        raise invalid("product_id", N_("does not match this conversation"))
    if given.recipient_id not in (None, actor.user_id) and given.recipient_id not in others:
        raise invalid("recipient_id", N_("is not a participant in this conversation"))


def _body_hash(conversation_id: int, given: SendMessage) -> str | None:
    """Returns the hash of the content, which recognises a retry even after an edit."""
    if given.client_id is None:
        return None
    body = orjson.dumps([conversation_id, given.text, given.reply_to_id])
    return hashlib.sha256(body).hexdigest()[:32]


def _sent_before(
    session: Session, actor: Actor, given: SendMessage, body_hash: str | None
) -> Message | None:
    if given.client_id is None:
        return None
    row = statements.SENT_BEFORE.first(session, user_id=actor.user_id, client_id=given.client_id)
    if row is None:
        return None
    message_id, _conversation_id, earlier_hash = row
    if earlier_hash != body_hash:
        raise PalabreError("conflict", N_("This client_id is already used by another message."))
    promise.duplicates += 1
    return message_for(session, actor.user_id, message_id)


def _known(earlier: Message | None) -> Message:
    assert earlier is not None  # the insert conflicted with it
    return earlier


def _original(
    session: Session, conversation_id: int, reply_to_id: int | None
) -> tuple[int | None, str | None]:
    """Returns the sender and the text of the message that is replied to."""
    if reply_to_id is None:
        return None, None
    row = statements.ORIGINAL.first(session, message_id=reply_to_id)
    if row is None or row[0] != conversation_id:
        raise invalid("reply_to_id", N_("is not a message in this conversation"))
    return row[1], row[2]


def _store(
    session: WriteSession,
    actor: Actor,
    conversation_id: int,
    context: SendContext,
    given: SendMessage,
    body_hash: str | None,
    original: tuple[int | None, str | None],
) -> dict[str, Any] | None:
    """Writes the rows; returns the message as participants see it.

    Returns ``None`` if its ``client_id`` has been used before.
    """
    seq, now, revision = context.last_seq + 1, session.now, session.revision
    message_id = statements.STORE.id(
        session, conversation_id=conversation_id, seq=seq, user_id=actor.user_id,
        client_id=given.client_id, body_hash=body_hash, text=given.text,
        reply_to_id=given.reply_to_id, now=now, revision=revision,
    )  # fmt: skip
    if message_id is None:
        return None
    statements.ADVANCE.run(
        session, id=conversation_id, seq=seq, message_id=message_id, revision=revision, now=now
    )
    return message_view((
        message_id, conversation_id, seq, revision, given.client_id, actor.user_id,
        context.sender_name, given.text, given.reply_to_id, *original, now, *NOT_CHANGED,
    ))  # fmt: skip


def _count(
    session: Session, actor: Actor, message: dict[str, Any], context: SendContext
) -> Callable[[int], Unread]:
    """Counts the message as unread for the other of two; in a group, on delivery.

    Returns the function that an event calls for the unread counts of a recipient.
    """
    conversation_id, seq = message["conversation_id"], message["seq"]
    if context.peer_id is None:
        statements.SKIP_OWN.run(session, in_conversation=conversation_id, sender_id=actor.user_id)
        return unread_in(conversation_id)
    statements.TOUCH_BOTH.run(
        session,
        in_conversation=conversation_id,
        sender_id=actor.user_id,
        revision=message["revision"],
    )
    move_tally(session, context.peer_id, 1)
    count = seq - (context.peer_read_seq or 0) - (context.peer_skipped or 0)
    return unread_of_peer(count, (context.peer_unread or 0) + 1, context.peer_groups or 0)


def _opening(session: WriteSession, conversation_id: int, opened: bool) -> list[Event]:
    """Returns the events of a new conversation, which precede that of its first message."""
    if not opened:
        return []
    session.expire_all()  # prepared statements bypass the session's identity map
    return updated(session, conversation_id)
