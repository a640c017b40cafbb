"""The door to a message: through its conversation."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations.access import Membership, access_conversation
from app.errors import N_, PalabreError, not_found
from app.messages import statements
from app.messages.models import HiddenMessage, Message
from app.realtime.connection import Actor


class Place(NamedTuple):
    """A conversation as somebody who writes into it must know it.

    Where there are two, ``peer_id`` is the other, with what decides their unread count, and
    ``blocked`` says whether either has blocked the other.
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


def access_place(session: Session, actor: Actor, conversation_id: int) -> Place:
    """The door for writers: raises ``not_found`` unless the actor belongs to the conversation."""
    row = statements.PLACE.first(session, conversation_id=conversation_id, user_id=actor.user_id)
    if row is None:
        raise not_found()
    return Place(*row)


def access_writing(session: Session, actor: Actor, conversation_id: int) -> Place:
    """The same, if the actor may write there now: raises ``conversation_closed`` or ``blocked`` too."""
    place = access_place(session, actor, conversation_id)
    refuse_writing(place)
    return place


def access_message(session: Session, actor: Actor, message_id: int) -> tuple[Message, Membership]:
    """A message of a conversation the actor belongs to; raises ``not_found``."""
    message = session.get(Message, message_id)
    if message is None:
        raise not_found()
    return message, access_conversation(session, actor, message.conversation_id)


def access_deletable_message(session: Session, actor: Actor, message_id: int) -> Message:
    """A message the actor may delete for everyone: their own, or anybody's for a moderator, who
    needs not belong to the conversation. Raises ``not_found`` or ``forbidden``.
    """
    if _is_moderator(session, actor):
        message = session.get(Message, message_id)
        if message is None:
            raise not_found()
        return message
    message, _ = access_message(session, actor, message_id)
    if message.sender_id != actor.user_id:
        raise PalabreError("forbidden", N_("Only its sender can delete a message for everyone."))
    return message


def access_editable_message(session: Session, actor: Actor, message_id: int) -> Message:
    """A message the actor may edit: their own, not deleted. Raises ``not_found``, ``forbidden``,
    ``conflict`` or ``conversation_closed``.
    """
    message, membership = access_message(session, actor, message_id)
    if message.sender_id != actor.user_id:
        raise PalabreError("forbidden", N_("Only its sender can edit a message."))
    if message.deleted_at is not None or _hidden(session, actor, message):
        raise PalabreError("conflict", N_("The message has been deleted."))
    refuse_if_closed(membership)
    return message


def refuse_if_closed(membership: Membership) -> None:
    """Raise ``conversation_closed`` unless the conversation accepts messages."""
    if membership.conversation.status != "open":
        raise PalabreError("conversation_closed", N_("This conversation is closed."))


def refuse_writing(place: Place) -> None:
    """Raise ``conversation_closed``, or ``blocked`` if two people do not want each other."""
    if place.status != "open":
        raise PalabreError("conversation_closed", N_("This conversation is closed."))
    if place.blocked:
        raise PalabreError("blocked", N_("You cannot write to each other."))


def _hidden(session: Session, actor: Actor, message: Message) -> bool:
    return session.get(HiddenMessage, (actor.user_id, message.id)) is not None


def _is_moderator(session: Session, actor: Actor) -> bool:
    user = session.get(User, actor.user_id)
    return user is not None and user.role in ("moderator", "admin")
