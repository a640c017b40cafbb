"""New revisions for every row of a database that was restored from a copy.

A copy does not know which later changes its clients have received. The gap that every start leaves
(``app/store/revision.py``) exposes the clients that have synced since. But only a sync moves a
cursor: a client that received later messages live still presents a cursor that the copy knows. So
no earlier cursor may be served, while clients that page from the beginning after a reset need
cursors that are. Hence new numbers for all rows (docs/decisions/0019).
"""

from __future__ import annotations

import time

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnClause,
    Connection,
    MetaData,
    Table,
    TableClause,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    union,
    update,
)

from app.store.models import RevisionCounter, RevisionGap
from app.store.types import BigId

_ITS_OWN = {RevisionCounter.__tablename__, RevisionGap.__tablename__}


def renumber(connection: Connection, above: int = 0) -> int:
    """Gives every revision a new number, keeping their order, and returns how many there are.

    The new numbers start at the current time in microseconds, and above ``above``, the highest
    revision that a client may have received. Call it inside a transaction while no server runs.
    Tables that have yet to be migrated are supported.
    """
    columns = revision_columns(connection)
    present = connection.scalar(select(RevisionCounter.revision)) or 0
    first = max(time.time_ns() // 1000, present + 2, above + 2)
    new = _new_numbers(connection, columns, first)
    for each in columns:
        number = select(new.c.new).where(new.c.old == each).scalar_subquery()
        assert isinstance(each.table, TableClause)
        connection.execute(update(each.table).where(each > 0).values({each.name: number}))
    count = connection.scalar(select(func.count()).select_from(new)) or 0
    new.drop(connection)
    _forget_cursors(connection, first, first - 1 + count)
    return count


def revision_columns(connection: Connection) -> list[ColumnClause[int]]:
    """The columns of the database that hold revisions, recognised by name."""
    tables = inspect(connection).get_table_names()
    return [
        found
        for name in sorted(set(tables) - _ITS_OWN)
        for found in _revisions_of(connection, name)
    ]


def holds_revisions(name: str) -> bool:
    """Whether a column of this name holds revisions; a test checks every table against it."""
    return name in ("revision", "activity") or name.endswith("_revision")


def _revisions_of(connection: Connection, name: str) -> list[ColumnClause[int]]:
    names = [found["name"] for found in inspect(connection).get_columns(name)]
    made: TableClause = table(name, *(column(each, BigInteger) for each in names))
    return [made.c[each] for each in names if holds_revisions(each)]


def _new_numbers(connection: Connection, columns: list[ColumnClause[int]], first: int) -> Table:
    """A temporary table that maps each old revision to its new one. 0 means *never* and is kept."""
    numbers = Table(
        "new_revisions",
        MetaData(),
        Column("old", BigId, primary_key=True, autoincrement=False),
        Column("new", BigInteger),
        prefixes=["TEMPORARY"],
    )
    numbers.create(connection)
    old = union(*(select(each.label("old")).where(each > 0) for each in columns)).subquery()
    place = func.row_number().over(order_by=old.c.old)
    connection.execute(
        insert(numbers).from_select(["old", "new"], select(old.c.old, place + (first - 1)))
    )
    return numbers


def _forget_cursors(connection: Connection, first: int, last: int) -> None:
    """Records that this database never issued a revision below ``first``."""
    connection.execute(delete(RevisionGap))
    connection.execute(insert(RevisionGap).values(before=0, after=first))
    connection.execute(update(RevisionCounter).values(revision=last))
