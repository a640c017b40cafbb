"""The only access to a conversation on a user's behalf. Denied equals not found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import Actor
from app.conversations.models import Conversation, Participant
from app.conversations.queries import View, member_view
from app.conversations.statements import MEMBER, PEOPLE
from app.errors import not_found


@dataclass(frozen=True, slots=True)
class Admitted:
    """A conversation, and the actor's participant row in it."""

    conversation: Conversation
    participant: Participant


def access_conversation(session: Session, actor: Actor, conversation_id: int) -> Admitted:
    """Returns the conversation if the actor belongs to it now; raises ``not_found`` otherwise.

    Commands call this. Joining and reading call :func:`check_membership`, the page
    :func:`access_view`, and sending ``messages.access.access_sending``.
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
    return Admitted(*row)


def access_view(session: Session, actor: Actor, conversation_id: int) -> View:
    """Returns the conversation as the actor sees it; raises ``not_found`` for a non-participant."""
    view = member_view(session, actor.user_id, conversation_id)
    if view is None:
        raise not_found()
    return view


def check_membership(session: Session, actor: Actor, conversation_id: int) -> None:
    """Raises ``not_found`` unless the actor belongs to the conversation now."""
    if MEMBER.first(session, conversation_id=conversation_id, user_id=actor.user_id) is None:
        raise not_found()


def participant_ids(session: Session, conversation_id: int) -> list[int]:
    """Returns the ids of the present participants of a conversation."""
    return [row[0] for row in PEOPLE.rows(session, conversation_id=conversation_id)]
