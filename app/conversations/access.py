"""The only door to a conversation on someone's behalf. Denied equals not found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import Actor
from app.conversations.models import Conversation, Participant
from app.conversations.statements import MEMBER, PEOPLE
from app.errors import not_found


@dataclass(frozen=True, slots=True)
class Membership:
    """A conversation together with the actor's own place in it."""

    conversation: Conversation
    participant: Participant


def access_conversation(session: Session, actor: Actor, conversation_id: int) -> Membership:
    """The conversation if the actor belongs to it now; raises ``not_found`` otherwise.

    Joining over the socket, reading over REST and every command come through here.
    """
    row = session.execute(
        select(Conversation, Participant)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(
            Conversation.id == conversation_id,
            Participant.user_id == actor.user_id,
            Participant.removed_at.is_(None),
        )
    ).first()
    if row is None:
        raise not_found()
    return Membership(*row)


def check_membership(session: Session, actor: Actor, conversation_id: int) -> None:
    """The same for whoever needs nothing of the conversation itself: raises ``not_found``."""
    found = MEMBER.first(session, conversation_id=conversation_id, user_id=actor.user_id)
    if found is None:
        raise not_found()


def participant_ids(session: Session, conversation_id: int) -> list[int]:
    """Everybody who belongs to a conversation now."""
    return [row[0] for row in PEOPLE.rows(session, conversation_id=conversation_id)]
