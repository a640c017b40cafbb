"""Reads *changes after a cursor*, in one snapshot.

Every row carries the revision of its last change, so the answer is the rows of each kind beyond the
cursor. Kinds are read up to a limit. Where one of them has more, all are cut at the same revision,
and the next page continues from there. Nothing is ever pruned: deletions are tombstones, removals
are rows.
"""

from __future__ import annotations

import orjson
from sqlalchemy.orm import Session

from app.actor import Actor
from app.counters import promise
from app.store.changes import KINDS, Rows, View
from app.store.prepared import Prepared
from app.store.revision import can_serve, current_revision

DEFAULT_LIMIT = 200
NEVER = 1 << 62  # a revision that will not be reached, and more rows than there are
# A page has to fit into a connection's send queue (4 MB, docs/protocol.md). Otherwise a client that
# missed long messages would be disconnected as a slow reader at every sync.
MOST_BYTES = 3_000_000


def replay(session: Session, actor: Actor, after: int, limit: int = DEFAULT_LIMIT) -> View:
    """Returns the changes after a client's cursor, and counts the outcome."""
    answer = changes(session, actor, after, limit)
    promise.resets += answer["reset"]
    promise.recovered += not (answer["reset"] or answer["has_more"])
    return answer


def changes(session: Session, actor: Actor, after: int, limit: int = DEFAULT_LIMIT) -> View:
    """Returns the changes for a user after a cursor, or ``reset`` if they are unknown.

    A page has at most about ``limit`` rows of each kind, fewer where they exceed ``MOST_BYTES``.
    """
    answer = _page(session, actor, after, limit)
    while limit > 1 and len(orjson.dumps(answer)) > MOST_BYTES:
        limit = max(1, limit // 4)
        answer = _page(session, actor, after, limit)
    return answer


def _page(session: Session, actor: Actor, after: int, limit: int) -> View:
    now = current_revision(session)
    answer: View = {kind.key: [] for kind in KINDS}
    if not can_serve(session, after):
        return {**answer, "cursor": now, "has_more": False, "reset": True}
    if after == now:
        return {**answer, "cursor": now, "has_more": False, "reset": False}
    pages = [
        (kind, changed, _rows(session, changed, actor.user_id, after, limit))
        for kind in KINDS
        for changed in kind.changed
    ]
    until = _until([rows for _, _, rows in pages], limit)
    for kind, changed, rows in pages:
        fitting = _fitting(session, changed, actor.user_id, after, until, rows)
        answer[kind.key] += kind.views(session, actor.user_id, fitting)
    for kind in KINDS:
        if len(kind.changed) > 1:  # a row that changed in two ways was read twice
            answer[kind.key] = list({view["id"]: view for view in answer[kind.key]}.values())
    cursor = now if until is None else until
    return {**answer, "cursor": cursor, "has_more": until is not None, "reset": False}


def _rows(session: Session, changed: Prepared, user_id: int, after: int, limit: int) -> Rows:
    return changed.rows(session, user_id=user_id, after=after, until=NEVER, most=limit + 1)


def _until(found: list[Rows], limit: int) -> int | None:
    """Returns the last revision that fits whole into this page, or ``None`` if all do.

    In a kind with too many rows, the limit may split the last revision. The page then ends before
    that revision, unless it fills the page alone.
    """
    ends = []
    for rows in found:
        if len(rows) > limit:
            first, last = int(rows[0][0]), int(rows[limit][0])
            ends.append(last - 1 if last > first else first)
    return min(ends) if ends else None


def _fitting(
    session: Session, changed: Prepared, user_id: int, after: int, until: int | None, rows: Rows
) -> Rows:
    if until is None:
        return rows
    if not rows or rows[-1][0] > until:
        return [row for row in rows if row[0] <= until]
    # The limit may have split the page's last revision: read it whole.
    return changed.rows(session, user_id=user_id, after=after, until=until, most=NEVER)
