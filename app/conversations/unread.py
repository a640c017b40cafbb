"""What people have not read in all their conversations, kept where it can be looked up.

Conversations of two are added up in a tally per person, by the commands that change what is unread.
Groups are not, or a message to a thousand people would change a thousand tallies: they are summed
when somebody asks, over the groups of one person (docs/decisions/0015).
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


# Both databases spell it alike; SQLAlchemy has one construct for each.
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
    """Add to somebody's tally, and to the number of groups they are in."""
    _MOVE.run(session, user_id=user_id, unread=unread, groups=groups)


def count_tombstones(session: Session, conversation_id: int) -> int:
    """Return the number of deleted messages, which a newcomer does not count as unread."""
    counted = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.conversation_id == conversation_id, Message.deleted_at.is_not(None))
    )
    return counted or 0


def unread_in(conversation_id: int) -> Callable[[int], Unread]:
    """A function that says what somebody has not read, in a conversation and in all, when asked."""

    def of(user_id: int) -> Unread:
        with store.reading() as session:
            here = UNREAD_HERE.first(session, user_id=user_id, conversation_id=conversation_id)
            return Unread(here[0] if here else 0, unread_total(session, user_id))

    return of


def unread_of_peer(count: int, total: int, groups: int) -> Callable[[int], Unread]:
    """The same for the other of two, of whom nearly all is known: *total* is their tally.

    Only whoever is in *groups* as well is looked up, and only when asked for.
    """

    def of(user_id: int) -> Unread:
        if not groups:
            return Unread(count, total)
        with store.reading() as session:
            return Unread(count, unread_total(session, user_id))

    return of
