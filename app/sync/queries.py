"""*Changes after a cursor*: one question, one answer, in one snapshot.

Every row carries the revision of its last change, so the answer is what each kind of row has to
say beyond the cursor. Kinds are read up to a limit; where one of them has more, all are cut at the
same revision, and the next page goes on from there. Nothing is ever pruned: deletions are
tombstones, removals are rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.actor import Actor
from app.contacts import queries as contacts
from app.conversations import queries as conversations
from app.conversations import statements
from app.counters import promise
from app.lessons import queries as lessons
from app.messages import queries as messages
from app.store.prepared import Prepared, Row
from app.store.revision import can_serve, current_revision

DEFAULT_LIMIT = 200
NEVER = 1 << 62  # a revision that will not be reached, and more rows than there are
# A page has to fit into what may wait for one connection (4 MB, docs/protocol.md), or whoever has
# missed long messages would be cut as a slow reader each time they ask for them.
MOST_BYTES = 3_000_000

View = dict[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row that takes part in synchronisation."""

    name: str  # where it goes in the answer; two kinds may share a place
    changed: Prepared  # a page of somebody's rows, each beginning with its revision
    views: Callable[[Session, int, Rows], list[Any]]  # those rows as the reader sees them


KINDS = (
    Kind("conversations", statements.CHANGED, conversations.changed_views),
    Kind("messages", messages.CHANGED, messages.changed_views),
    Kind("messages", messages.HIDDEN, messages.changed_views),
    Kind("reads", statements.READS, conversations.read_views),
    Kind("lessons", lessons.CHANGED, lessons.changed_views),
    Kind("contact_requests", contacts.CHANGED, contacts.changed_views),
    Kind("removed_conversation_ids", statements.REMOVED, conversations.removed_ids),
)
# The places of the answer, each a list.
PLACES = (
    "conversations",
    "messages",
    "reads",
    "lessons",
    "contact_requests",
    "removed_conversation_ids",
)


def replay(session: Session, actor: Actor, after: int, limit: int = DEFAULT_LIMIT) -> View:
    """What a client is told that asks for the changes after its cursor; counted by outcome."""
    answer = changes(session, actor, after, limit)
    promise.resets += answer["reset"]
    promise.recovered += not (answer["reset"] or answer["has_more"])
    return answer


def changes(session: Session, actor: Actor, after: int, limit: int = DEFAULT_LIMIT) -> View:
    """Everything that changed for someone after a cursor, or ``reset`` if that cannot be told.

    A page has at most about ``limit`` rows of each kind; fewer, where they would be too many bytes.
    """
    answer = _page(session, actor, after, limit)
    while limit > 1 and len(orjson.dumps(answer)) > MOST_BYTES:
        limit = max(1, limit // 4)
        answer = _page(session, actor, after, limit)
    return answer


def _page(session: Session, actor: Actor, after: int, limit: int) -> View:
    now = current_revision(session)
    answer: View = {place: [] for place in PLACES}
    if not can_serve(session, after):
        return {**answer, "cursor": now, "has_more": False, "reset": True}
    if after == now:
        return {**answer, "cursor": now, "has_more": False, "reset": False}
    found = [(kind, _rows(session, kind, actor.user_id, after, limit)) for kind in KINDS]
    until = _until([rows for _, rows in found], limit)
    for kind, rows in found:
        fitting = _fitting(session, kind, actor.user_id, after, until, rows)
        answer[kind.name] += kind.views(session, actor.user_id, fitting)
    # A message that was both changed and deleted for oneself was found twice.
    answer["messages"] = list({view["id"]: view for view in answer["messages"]}.values())
    cursor = now if until is None else until
    return {**answer, "cursor": cursor, "has_more": until is not None, "reset": False}


def cursor_now(session: Session) -> int:
    """The cursor of someone who has just read everything else anew."""
    return current_revision(session)


def _rows(session: Session, kind: Kind, user_id: int, after: int, limit: int) -> Rows:
    return kind.changed.rows(session, user_id=user_id, after=after, until=NEVER, most=limit + 1)


def _until(found: list[Rows], limit: int) -> int | None:
    """The last revision that fits whole into this page, or ``None`` if everything does.

    Of a kind with too many rows, the rows of its last revision may be cut in two, so the page ends
    before it, unless a single revision fills the whole page.
    """
    ends = []
    for rows in found:
        if len(rows) > limit:
            first, last = int(rows[0][0]), int(rows[limit][0])
            ends.append(last - 1 if last > first else first)
    return min(ends) if ends else None


def _fitting(
    session: Session, kind: Kind, user_id: int, after: int, until: int | None, rows: Rows
) -> Rows:
    if until is None:
        return rows
    if not rows or rows[-1][0] > until:
        return [row for row in rows if row[0] <= until]
    # The limit may have cut through the page's last revision: read it whole.
    return kind.changed.rows(session, user_id=user_id, after=after, until=until, most=NEVER)
