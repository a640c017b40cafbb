"""The door to a message: through its conversation."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.actor import Actor
from app.errors import N_, PalabreError, not_found
from app.messages import statements


class SendContext(NamedTuple):
    """A conversation as somebody who writes into it must know it.

    Where there are two, ``peer_id`` is the other, with what decides their unread count here, their
    tally of all, and the number of groups they are in; ``blocked`` says whether either has blocked
    the other.
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
    """The door for writers: raises ``not_found`` unless the actor belongs to the conversation."""
    row = statements.SEND_CONTEXT.first(
        session, conversation_id=conversation_id, user_id=actor.user_id
    )
    if row is None:
        raise not_found()
    return SendContext(*row)


def access_writing(session: Session, actor: Actor, conversation_id: int) -> SendContext:
    """The same, if the actor may write there now: raises ``conversation_closed`` or ``blocked`` too."""
    context = access_sending(session, actor, conversation_id)
    refuse_writing(context)
    return context


class Target(NamedTuple):
    """A message as somebody who does something with it must know it.

    Without ``member_id`` they do not belong to its conversation. ``peer_id`` and ``blocked`` are
    those of :class:`SendContext`.
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
    """A message of a conversation the actor belongs to; raises ``not_found``."""
    target = _target(session, actor, message_id)
    if target.member_id is None:
        raise not_found()
    return target


def access_deletable_message(session: Session, actor: Actor, message_id: int) -> Target:
    """A message the actor may delete for everyone: their own, or anybody's for a moderator, who
    needs not belong to the conversation. Raises ``not_found`` or ``forbidden``.
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
    """A message the actor may edit: their own, not deleted. Raises ``not_found``, ``forbidden``,
    ``conflict``, ``conversation_closed`` or ``blocked``.
    """
    target = access_message(session, actor, message_id)
    if target.sender_id != actor.user_id:
        raise PalabreError("forbidden", N_("Only the sender can edit this message."))
    if target.deleted_at is not None or target.hidden_at is not None:
        raise PalabreError("conflict", N_("This message has been deleted."))
    refuse_writing(target)
    return target


def refuse_writing(context: SendContext | Target) -> None:
    """Raise ``conversation_closed``, or ``blocked`` if two people do not want each other."""
    if context.status != "open":
        raise PalabreError("conversation_closed", N_("This conversation is closed."))
    if context.blocked:
        raise PalabreError("blocked", N_("You cannot message each other."))


def _target(session: Session, actor: Actor, message_id: int) -> Target:
    row = statements.TARGET.first(session, message_id=message_id, user_id=actor.user_id)
    if row is None:
        raise not_found()
    return Target(*row)
