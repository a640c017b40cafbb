"""Access to messages, granted through their conversation."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.actor import Actor
from app.errors import N_, PalabreError, not_found
from app.messages import statements


class SendContext(NamedTuple):
    """The facts about a conversation that sending a message needs.

    In a conversation of two, ``peer_id`` is the other participant. Their unread count here follows
    from ``peer_read_seq`` and ``peer_skipped``. ``peer_unread`` is their tally, and ``peer_groups``
    the number of their groups. ``blocked`` is true if either has blocked the other.
    """

    kind: str
    status: str
    product_id: int | None
    last_seq: int
    sender_name: str
    peer_id: int | None
    peer_read_seq: int | None
    peer_skipped: int | None
    blocked: bool
    peer_unread: int | None
    peer_groups: int | None


def access_sending(session: Session, actor: Actor, conversation_id: int) -> SendContext:
    """Returns the facts for sending; raises ``not_found`` unless the actor is a participant."""
    row = statements.SEND_CONTEXT.first(
        session, conversation_id=conversation_id, user_id=actor.user_id
    )
    if row is None:
        raise not_found()
    return SendContext(*row)


def access_writing(session: Session, actor: Actor, conversation_id: int) -> SendContext:
    """Returns the facts for sending, if the actor may write in the conversation now.

    Raises ``not_found``, ``conversation_closed`` or ``blocked``.
    """
    context = access_sending(session, actor, conversation_id)
    refuse_writing(context)
    return context


class Target(NamedTuple):
    """The facts about a message that answering, editing or deleting it needs.

    ``member_id`` is ``None`` for an actor who does not belong to the conversation. ``peer_id`` and
    ``blocked`` are those of :class:`SendContext`.
    """

    id: int
    conversation_id: int
    seq: int
    sender_id: int
    text: str | None
    deleted_at: int | None
    status: str
    role: str
    member_id: int | None
    peer_id: int | None
    read_seq: int | None
    blocked: bool
    hidden_at: int | None


def access_message(session: Session, actor: Actor, message_id: int) -> Target:
    """Returns a message of a conversation that the actor belongs to; raises ``not_found``."""
    target = _target(session, actor, message_id)
    if target.member_id is None:
        raise not_found()
    return target


def access_deletable_message(session: Session, actor: Actor, message_id: int) -> Target:
    """Returns a message that the actor may delete for everyone.

    Raises ``not_found`` or ``forbidden``. Senders may delete their own messages. Moderators and
    administrators may delete all messages, also without belonging to the conversation.
    """
    target = _target(session, actor, message_id)
    if target.role in ("moderator", "admin"):
        return target
    if target.member_id is None:
        raise not_found()
    if target.sender_id != actor.user_id:
        raise PalabreError("forbidden", N_("Only the sender can delete this message for everyone."))
    return target


def access_editable_message(session: Session, actor: Actor, message_id: int) -> Target:
    """Returns a message that the actor may edit: their own, not deleted.

    Raises ``not_found``, ``forbidden``, ``conflict``, ``conversation_closed`` or ``blocked``.
    """
    target = access_message(session, actor, message_id)
    if target.sender_id != actor.user_id:
        raise PalabreError("forbidden", N_("Only the sender can edit this message."))
    if target.deleted_at is not None or target.hidden_at is not None:
        raise PalabreError("conflict", N_("This message has been deleted."))
    refuse_writing(target)
    return target


def refuse_writing(context: SendContext | Target) -> None:
    """Raises ``conversation_closed``, or ``blocked`` if either user has blocked the other."""
    if context.status != "open":
        raise PalabreError("conversation_closed", N_("This conversation is closed."))
    if context.blocked:
        raise PalabreError("blocked", N_("You cannot message each other."))


def _target(session: Session, actor: Actor, message_id: int) -> Target:
    row = statements.TARGET.first(session, message_id=message_id, user_id=actor.user_id)
    if row is None:
        raise not_found()
    return Target(*row)
