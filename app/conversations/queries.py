"""Reading conversations, each as its reader sees it, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import USER_COLUMNS, user_view
from app.conversations.models import Conversation, Participant, UnreadTally
from app.messages.queries import messages_for
from app.products.queries import load_products
from app.realtime.events import ConversationUpdated, Event
from app.store import WriteSession
from app.store.prepared import Prepared
from app.store.types import AnyRow, AnySelect, iso

View = dict[str, Any]
Pair = tuple[Conversation, Participant]

UNREAD: ColumnElement[int] = (
    Conversation.last_seq - Participant.last_read_seq - Participant.unread_skipped
)
_user: BindParameter[int] = bindparam("user_id")
_in_twos = select(UnreadTally.unread).where(UnreadTally.user_id == _user).scalar_subquery()
_in_groups = (
    select(func.sum(UNREAD))
    .select_from(Participant)
    .join(Conversation, Conversation.id == Participant.conversation_id)
    .where(
        Participant.user_id == _user,
        Participant.peer_id.is_(None),
        Participant.removed_at.is_(None),
    )
    .scalar_subquery()
)
_TOTAL = Prepared(select(func.coalesce(_in_twos, 0) + func.coalesce(_in_groups, 0)))


def own_conversations(user_id: int) -> AnySelect:
    """Conversations someone belongs to, each with their own participant row."""
    return (
        select(Conversation, Participant)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(Participant.user_id == user_id, Participant.removed_at.is_(None))
    )


def list_conversations(
    session: Session, user_id: int, archived: bool | None, limit: int, before: int | None
) -> tuple[list[View], str | None]:
    """One page of someone's conversations, latest activity first, and the cursor of the next."""
    statement = own_conversations(user_id).order_by(Conversation.activity.desc()).limit(limit + 1)
    if archived is not None:
        statement = statement.where(Participant.archived == archived)
    if before is not None:
        statement = statement.where(Conversation.activity < before)
    pairs = [(row[0], row[1]) for row in session.execute(statement)]
    page = pairs[:limit]
    more = str(page[-1][0].activity) if len(pairs) > limit else None
    return conversation_views(session, user_id, page), more


def conversations_about(session: Session, user_id: int, product_id: int) -> list[View]:
    """Someone's conversations about one product, latest activity first."""
    rows = session.execute(
        own_conversations(user_id)
        .where(Conversation.product_id == product_id)
        .order_by(Conversation.activity.desc())
        .limit(100)
    )
    return conversation_views(session, user_id, [(row[0], row[1]) for row in rows])


def conversations_with(session: Session, user_id: int, other_id: int) -> list[View]:
    """Someone's conversations with somebody else in them, latest activity first."""
    theirs = select(Participant.conversation_id).where(
        Participant.user_id == other_id, Participant.removed_at.is_(None)
    )
    rows = session.execute(
        own_conversations(user_id)
        .where(Conversation.id.in_(theirs))
        .order_by(Conversation.activity.desc())
        .limit(20)
    )
    return conversation_views(session, user_id, [(row[0], row[1]) for row in rows])


def conversation_view(session: Session, user_id: int, pair: Pair) -> View:
    """One conversation as its reader sees it."""
    return conversation_views(session, user_id, [pair])[0]


def conversation_views(session: Session, user_id: int, pairs: list[Pair]) -> list[View]:
    """Several conversations as one reader sees them."""
    shared = _shared_views(session, [conversation for conversation, _ in pairs])
    last_ids = [c.last_message_id for c, _ in pairs if c.last_message_id is not None]
    last = messages_for(session, user_id, last_ids)
    return [
        _own_view(
            shared[conversation.id], conversation, mine, last.get(conversation.last_message_id)
        )
        for conversation, mine in pairs
    ]


def views_of(session: Session, conversation_id: int) -> dict[int, View]:
    """One conversation as each of its participants sees it."""
    rows = session.execute(
        select(Conversation, Participant)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(Conversation.id == conversation_id, Participant.removed_at.is_(None))
    ).all()
    if not rows:
        return {}
    conversation = rows[0][0]
    shared = _shared_views(session, [conversation])[conversation.id]
    views = {}
    for _, mine in rows:
        last = messages_for(session, mine.user_id, [conversation.last_message_id or 0])
        views[mine.user_id] = _own_view(
            shared, conversation, mine, last.get(conversation.last_message_id)
        )
    return views


def updated(session: WriteSession, conversation_id: int) -> list[Event]:
    """The event that tells every participant what a conversation has become."""
    session.flush()
    return [
        ConversationUpdated(revision=session.revision, views=views_of(session, conversation_id))
    ]


def refresh_product_conversations(session: WriteSession, product_id: int) -> list[Event]:
    """Stamp every conversation about a product that has changed, and tell their participants."""
    about = select(Conversation.id).where(Conversation.product_id == product_id)
    ids = session.scalars(about).all()
    session.execute(
        update(Conversation)
        .where(Conversation.product_id == product_id)
        .values(revision=session.revision)
    )
    session.execute(
        update(Participant)
        .where(Participant.conversation_id.in_(about))
        .values(revision=session.revision)
    )
    return [event for conversation_id in ids for event in updated(session, conversation_id)]


def unread_total(session: Session, user_id: int) -> int:
    """What someone has not read in all their conversations together."""
    row = _TOTAL.first(session, user_id=user_id)
    return int(row[0]) if row else 0


def contacts_of(session: Session, user_id: int) -> set[int]:
    """Everybody who shares a conversation with someone."""
    mine = select(Participant.conversation_id).where(
        Participant.user_id == user_id, Participant.removed_at.is_(None)
    )
    others = session.scalars(
        select(Participant.user_id).where(
            Participant.conversation_id.in_(mine),
            Participant.removed_at.is_(None),
            Participant.user_id != user_id,
        )
    )
    return set(others)


def _shared_views(session: Session, conversations: list[Conversation]) -> dict[int, View]:
    """What every reader of a conversation sees alike."""
    ids = [conversation.id for conversation in conversations]
    people = _participants(session, ids)
    products = load_products(session, [c.product_id for c in conversations if c.product_id])
    return {
        c.id: {
            "id": c.id,
            "kind": c.kind,
            "title": c.title,
            "product": products.get(c.product_id) if c.product_id else None,
            "status": c.status,
            "participants": people[c.id],
            "last_seq": c.last_seq,
            "created_at": iso(c.created_at),
            "updated_at": iso(c.updated_at),
        }
        for c in conversations
    }


def _participants(session: Session, ids: list[int]) -> dict[int, list[View]]:
    found: dict[int, list[View]] = defaultdict(list)
    rows = session.execute(
        select(Participant.conversation_id, Participant.last_read_seq, *USER_COLUMNS)
        .join(User, User.id == Participant.user_id)
        .where(Participant.conversation_id.in_(ids), Participant.removed_at.is_(None))
        .order_by(Participant.conversation_id, Participant.joined_at, User.id)
    )
    for row in rows:
        found[row.conversation_id].append(
            {"user": user_view(row), "last_read_seq": row.last_read_seq}
        )
    return found


def _own_view(
    shared: View, conversation: Conversation, mine: Participant, last_message: View | None
) -> View:
    return {
        **shared,
        "archived": mine.archived,
        "muted": mine.muted,
        "last_message": last_message,
        "unread_count": conversation.last_seq - mine.last_read_seq - mine.unread_skipped,
        "revision": max(conversation.revision, conversation.reads_revision, mine.revision),
    }


# --- for synchronisation: see app/sync/queries.py ---------------------------------------------


def changed(user_id: int) -> AnySelect:
    """Someone's conversations, by the revision of the last change they can see (reads apart)."""
    latest = case(
        (Conversation.revision > Participant.revision, Conversation.revision),
        else_=Participant.revision,
    )
    return own_conversations(user_id).with_only_columns(latest, Conversation, Participant)


def changed_views(session: Session, user_id: int, rows: Sequence[AnyRow]) -> list[View]:
    """Rows of :func:`changed` as their reader sees them."""
    return conversation_views(session, user_id, [(row[1], row[2]) for row in rows])


def reads(user_id: int) -> AnySelect:
    """Read marks in someone's conversations, their own included, by revision."""
    mine = select(Participant.conversation_id).where(
        Participant.user_id == user_id, Participant.removed_at.is_(None)
    )
    return select(
        Participant.read_revision,
        Participant.conversation_id,
        Participant.user_id,
        Participant.last_read_seq,
        Participant.last_read_at,
    ).where(Participant.conversation_id.in_(mine), Participant.removed_at.is_(None))


def read_views(_session: Session, _user_id: int, rows: Sequence[AnyRow]) -> list[View]:
    """Rows of :func:`reads` in the shape of ``messages_read``."""
    return [
        {
            "conversation_id": row.conversation_id,
            "user_id": row.user_id,
            "last_read_seq": row.last_read_seq,
            "read_at": iso(row.last_read_at),
            "revision": row.read_revision,
        }
        for row in rows
    ]


def removed(user_id: int) -> AnySelect:
    """Conversations someone no longer belongs to, by revision."""
    return select(Participant.revision, Participant.conversation_id).where(
        Participant.user_id == user_id, Participant.removed_at.is_not(None)
    )


def removed_ids(_session: Session, _user_id: int, rows: Sequence[AnyRow]) -> list[int]:
    """Rows of :func:`removed` as plain ids."""
    return [row.conversation_id for row in rows]
