"""Reads conversations as their reader sees them, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.accounts.queries import view_of
from app.conversations import statements
from app.messages.queries import ANYBODY, END, messages_for, who_hid
from app.products.queries import embedded_product_view
from app.store.prepared import Row
from app.store.types import iso

FEW_PEERS = 32  # the least number of peers to read before filtering by id
MOST_PEOPLE = 1000  # for more ids, all peers are read instead of filtering

View = dict[str, Any]


class Membership(NamedTuple):
    """A participant's membership: a row of ``statements.VIEWED`` up to the product."""

    user_id: int
    id: int
    kind: str
    title: str | None
    status: str
    last_seq: int
    last_message_id: int | None
    revision: int
    reads_revision: int
    created_at: int
    updated_at: int
    archived: bool
    muted: bool
    unread: int
    own_revision: int


def list_conversations(
    session: Session, user_id: int, archived: bool | None, limit: int, before: int | None
) -> tuple[list[View], str | None]:
    """Returns a page of a user's conversations, latest activity first, and the next cursor."""
    given: dict[str, Any] = {"user_id": user_id, "before": END if before is None else before}
    if archived is None:
        rows = statements.LISTED.rows(session, **given, most=limit + 1)
    else:
        rows = statements.LISTED_APART.rows(session, **given, archived=archived, most=limit + 1)
    page = rows[:limit]
    more = str(page[-1][1]) if len(rows) > limit else None
    return conversation_views(session, user_id, [row[0] for row in page]), more


def conversations_about(session: Session, user_id: int, product_id: int) -> list[View]:
    """Returns a user's conversations about one product, latest activity first."""
    rows = statements.ABOUT.rows(session, user_id=user_id, product_id=product_id)
    return conversation_views(session, user_id, [row[0] for row in rows])


def conversations_with(session: Session, user_id: int, other_id: int) -> list[View]:
    """Returns a user's conversations with another user in them, latest activity first."""
    rows = statements.WITH.rows(session, user_id=user_id, other_id=other_id)
    return conversation_views(session, user_id, [row[0] for row in rows])


def conversation_view(session: Session, user_id: int, conversation_id: int) -> View:
    """Returns one conversation as its reader sees it; the caller has checked access."""
    return conversation_views(session, user_id, [conversation_id])[0]


def member_view(session: Session, user_id: int, conversation_id: int) -> View | None:
    """Returns one conversation as its reader sees it; ``None`` unless they belong to it now."""
    rows = statements.VIEWED.rows(session, [conversation_id], user_id=user_id)
    return _views(session, user_id, rows)[0] if rows else None


def conversation_views(session: Session, user_id: int, ids: Collection[int]) -> list[View]:
    """Returns conversations as one reader sees them, in the order of ``ids``."""
    rows = {row[1]: row for row in statements.VIEWED.rows(session, ids, user_id=user_id)}
    return _views(session, user_id, [rows[conversation_id] for conversation_id in ids])


def views_of(session: Session, conversation_id: int) -> dict[int, View]:
    """Returns one conversation as each of its participants sees it.

    Views differ in the participant's own row, and in a last message that a reader has hidden.
    """
    rows = statements.VIEWED_BY_ALL.rows(session, conversation_id=conversation_id)
    if not rows:
        return {}
    shared = _shared_views(session, rows[:1])[conversation_id]
    memberships = [_membership(row) for row in rows]
    ids = [memberships[0].last_message_id or 0]
    last = messages_for(session, ANYBODY, ids)
    own = {reader: messages_for(session, reader, ids) for reader in who_hid(session, last.values())}
    return {
        membership.user_id: _own_view(shared, membership, own.get(membership.user_id, last))
        for membership in memberships
    }


def unread_total(session: Session, user_id: int) -> int:
    """Returns the number of unread messages in all conversations of a user."""
    row = statements.UNREAD_TOTAL.first(session, user_id=user_id)
    return int(row[0]) if row else 0


def peers_of(session: Session, user_id: int) -> set[int]:
    """Returns the ids of all users who share a conversation with a user."""
    peers = statements.PEERS.rows(session, user_id=user_id, most=END)
    return _and_fellows(session, user_id, peers)


def peers_among(session: Session, user_id: int, people: Collection[int]) -> set[int]:
    """Returns the ids among ``people`` that share a conversation with a user.

    Reads as many peers as there are people, at a third of the cost of filtering by id. Filters only
    when a user has more peers than that.
    """
    few = len(people) <= MOST_PEOPLE
    most = max(FEW_PEERS, len(people)) if few else END
    peers = statements.PEERS.rows(session, user_id=user_id, most=most)
    if len(peers) == most:
        peers = statements.PEERS_AMONG.rows(session, people, user_id=user_id)
    return {other for other in _and_fellows(session, user_id, peers) if other in people}


def _and_fellows(session: Session, user_id: int, peers: list[Row]) -> set[int]:
    fellows = statements.FELLOWS.rows(session, user_id=user_id)
    return {row[0] for row in (*peers, *fellows)} - {user_id}


def _membership(row: Row) -> Membership:
    return Membership._make(row[: len(Membership._fields)])


def _views(session: Session, user_id: int, rows: Sequence[Row]) -> list[View]:
    shared = _shared_views(session, rows)
    memberships = [_membership(row) for row in rows]
    last_ids = {one.last_message_id for one in memberships if one.last_message_id is not None}
    last = messages_for(session, user_id, last_ids)
    return [_own_view(shared[one.id], one, last) for one in memberships]


def _shared_views(session: Session, rows: Sequence[Row]) -> dict[int, View]:
    """Returns the part of each conversation that is the same for all readers."""
    people = _participants(session, [row[1] for row in rows])
    return {row[1]: _shared_view(row, people[row[1]]) for row in rows}


def _shared_view(row: Row, people: list[View]) -> View:
    membership = _membership(row)
    return {
        "id": membership.id,
        "kind": membership.kind,
        "title": membership.title,
        "product": embedded_product_view(row[len(Membership._fields) :]),
        "status": membership.status,
        "participants": people,
        "last_seq": membership.last_seq,
        "created_at": iso(membership.created_at),
        "updated_at": iso(membership.updated_at),
    }


def _participants(session: Session, ids: list[int]) -> dict[int, list[View]]:
    found: dict[int, list[View]] = defaultdict(list)
    for conversation_id, last_read_seq, *person in statements.PARTICIPANTS.rows(session, ids):
        found[conversation_id].append({"user": view_of(*person), "last_read_seq": last_read_seq})
    return found


def _own_view(shared: View, membership: Membership, messages: dict[int, View]) -> View:
    return {
        **shared,
        "archived": bool(membership.archived),
        "muted": bool(membership.muted),
        "last_message": messages.get(membership.last_message_id or 0),
        "unread_count": membership.unread,
        "revision": max(membership.revision, membership.reads_revision, membership.own_revision),
    }
