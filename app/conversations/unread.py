"""Unread totals, kept rather than counted.

Commands that change unread counts of conversations of two add them up in a tally per user. Groups
have no tally: a message to 1,000 participants would change 1,000 of them. Their unread messages are
summed on request, over the groups of one user (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.conversations.queries import unread_total
from app.conversations.statements import UNREAD_HERE
from app.messages.models import Message
from app.store import store
from app.store.prepared import Prepared


@dataclass(slots=True)
class Unread:
    """Unread messages of one participant: in the conversation, and in all conversations."""

    count: int
    total: int


# Both databases accept this SQL; SQLAlchemy has a separate construct for each.
_MOVE = Prepared(
    text(
        "INSERT INTO unread_tallies (user_id, unread, group_count)"
        " VALUES (:user_id, :unread, :groups)"
        " ON CONFLICT (user_id) DO UPDATE SET"
        " unread = unread_tallies.unread + excluded.unread,"
        " group_count = unread_tallies.group_count + excluded.group_count"
    )
)


def move_tally(session: Session, user_id: int, unread: int, groups: int = 0) -> None:
    """Adds to a user's tally, and to the number of their groups."""
    _MOVE.run(session, user_id=user_id, unread=unread, groups=groups)


def count_tombstones(session: Session, conversation_id: int) -> int:
    """Returns the number of deleted messages, which never count as unread for a new participant."""
    counted = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.conversation_id == conversation_id, Message.deleted_at.is_not(None))
    )
    return counted or 0


def unread_in(conversation_id: int) -> Callable[[int], Unread]:
    """Returns a function that counts a user's unread messages, here and in all conversations."""

    def of(user_id: int) -> Unread:
        with store.reading() as session:
            here = UNREAD_HERE.first(session, user_id=user_id, conversation_id=conversation_id)
            return Unread(here[0] if here else 0, unread_total(session, user_id))

    return of


def unread_of_peer(count: int, total: int, groups: int) -> Callable[[int], Unread]:
    """Returns a function that counts the unread messages of the other participant of two.

    ``total`` is their tally. The database is queried only if they are in ``groups`` as well.
    """

    def of(user_id: int) -> Unread:
        if not groups:
            return Unread(count, total)
        with store.reading() as session:
            return Unread(count, unread_total(session, user_id))

    return of
