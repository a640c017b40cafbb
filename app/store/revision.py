"""The revision: one number for the whole server that increases with every committed change.

*Changes after N* is ``WHERE revision > N``. IMAP's CONDSTORE (RFC 7162) and JMAP's states
(RFC 8620) work the same way.
"""

from __future__ import annotations

import time

from sqlalchemy import (
    Connection,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.store.models import RevisionCounter, RevisionGap
from app.store.prepared import DirectSession, Prepared

_LOCK = Prepared(select(RevisionCounter.revision).where(RevisionCounter.id == 1).with_for_update())
_SAVE = Prepared(
    update(RevisionCounter.__table__)  # type: ignore[arg-type]
    .where(RevisionCounter.__table__.c.id == 1)
    .values(revision=bindparam("revision"))
)


def lock_revision(session: Session) -> int:
    """Locks the counter's row at the start of a write transaction, and returns the counter.

    On PostgreSQL the row lock orders the writers of several processes. On SQLite the transaction
    itself is exclusive.
    """
    row = _LOCK.first(session)
    assert row is not None  # inserted by the first migration
    return int(row[0])


def save_revision(session: Session, revision: int) -> None:
    """Writes the counter back. Called once per batch, just before the commit."""
    _SAVE.run(session, revision=revision)


def open_gap(connection: Connection) -> None:
    """Advances the counter to the current time, so that no two histories issue the same revision.

    Called once at every start, inside a transaction. If the clock is behind the counter, it stays
    as it is and no gap is recorded.
    """
    with DirectSession(connection) as session:
        last = lock_revision(session)
        start = time.time_ns() // 1000
        if start > last + 1:
            connection.execute(insert(RevisionGap).values(before=last, after=start))
            save_revision(session, start - 1)


def current_revision(session: Session) -> int:
    """The revision of the last change in this snapshot."""
    row = _CURRENT.first(session)
    assert row is not None  # inserted by the first migration
    revision: int = row[0]
    return revision


def can_serve(session: Session, cursor: int) -> bool:
    """Whether this database knows every change after ``cursor``. 0 means *from the beginning*."""
    if cursor == 0:
        return True
    if cursor < 0 or cursor > current_revision(session):
        return False
    # Gaps do not overlap: only the last one that begins before the cursor can contain it. After a
    # start the counter is at ``after - 1`` until the first change. Clients received that value as
    # their cursor, so it is outside the gap.
    gap = _LAST_GAP.first(session, cursor=cursor)
    return gap is None or cursor >= gap[0] - 1


_CURRENT = Prepared(select(RevisionCounter.revision).where(RevisionCounter.id == 1))
_LAST_GAP = Prepared(
    select(RevisionGap.after)
    .where(RevisionGap.before < bindparam("cursor"))
    .order_by(RevisionGap.before.desc())
    .limit(1)
)
