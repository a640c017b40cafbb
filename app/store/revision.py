"""The revision: one number for the whole server that grows with every committed change.

*Changes after N* is ``WHERE revision > N``. IMAP's CONDSTORE (RFC 7162) and JMAP's states
(RFC 8620) work the same way.
"""

from __future__ import annotations

import time

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Session

from app.store.models import RevisionCounter, RevisionGap


def lock_revision(connection: Connection) -> int:
    """Read the counter at the start of a write transaction, holding its row.

    On PostgreSQL the row lock puts the writers of several processes in one order; on SQLite the
    transaction itself is exclusive.
    """
    return connection.execute(
        select(RevisionCounter.revision).where(RevisionCounter.id == 1).with_for_update()
    ).scalar_one()


def save_revision(connection: Connection, revision: int) -> None:
    """Write the counter back, once per batch, just before the commit."""
    connection.execute(
        update(RevisionCounter).where(RevisionCounter.id == 1).values(revision=revision)
    )


def open_gap(connection: Connection) -> None:
    """Jump the counter to the current time, so that no two histories issue the same revision.

    Called once at every start, inside a transaction. If the clock stands behind the counter there
    is nothing to jump to, and no gap is recorded.
    """
    last = lock_revision(connection)
    start = time.time_ns() // 1000
    if start <= last + 1:
        return
    connection.execute(insert(RevisionGap).values(before=last, after=start))
    save_revision(connection, start - 1)


def forget_cursors(connection: Connection, last: int) -> None:
    """Serve no cursor up to ``last`` any more.

    For a copy that is restored one day. Whoever was connected then knows of changes that came after
    the copy, though their cursor, which only a sync moves, may be older than it.
    """
    connection.execute(delete(RevisionGap).where(RevisionGap.before <= last))
    connection.execute(insert(RevisionGap).values(before=0, after=last + 2))


def current_revision(session: Session) -> int:
    """The revision of the last change that this snapshot can see."""
    return session.scalars(select(RevisionCounter.revision).where(RevisionCounter.id == 1)).one()


def can_serve(session: Session, cursor: int) -> bool:
    """Whether every change after ``cursor`` is known here. 0 means *from the beginning*."""
    if cursor == 0:
        return True
    if cursor < 0 or cursor > current_revision(session):
        return False
    return _gap_around(session, cursor) is None


def _gap_around(session: Session, cursor: int) -> int | None:
    # ``after - 1`` is what the counter stands at until the first change after a start: clients
    # were given it as their cursor, so it is not inside.
    return session.scalars(
        select(RevisionGap.id).where(RevisionGap.before < cursor, cursor < RevisionGap.after - 1)
    ).first()
