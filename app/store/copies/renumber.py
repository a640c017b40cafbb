"""New revisions for everything in a database that was put back from a copy.

A copy does not know how far its clients have been told since. Those who synced are found out by
the gap that every start leaves (``app/store/revision.py``), but a cursor moves by a sync alone: who
has heard later messages live holds more than their cursor says, and the copy knows that cursor. So
no cursor from before may be served any more, and that takes new numbers for all there is: those
whom a reset sends back to the beginning page through it by cursors that have to be served.
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
    """Give every revision a new number, in the old order, all of them from the present time in
    microseconds on, and higher than ``above``: the highest that clients may have heard of.

    Returns how many there are. To be called inside a transaction while no server runs; it works on
    tables that have yet to be migrated.
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
    """Every column of the database that holds revisions: they are called so."""
    tables = inspect(connection).get_table_names()
    return [
        found
        for name in sorted(set(tables) - _ITS_OWN)
        for found in _revisions_of(connection, name)
    ]


def holds_revisions(name: str) -> bool:
    """Whether a column of this name does; a test holds every table to it."""
    return name in ("revision", "activity") or name.endswith("_revision")


def _revisions_of(connection: Connection, name: str) -> list[ColumnClause[int]]:
    names = [found["name"] for found in inspect(connection).get_columns(name)]
    made: TableClause = table(name, *(column(each, BigInteger) for each in names))
    return [made.c[each] for each in names if holds_revisions(each)]


def _new_numbers(connection: Connection, columns: list[ColumnClause[int]], first: int) -> Table:
    """A temporary table from each old revision to its new one. 0 is *never*, and stays so."""
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
    """From now on this database has never issued anything below ``first``."""
    connection.execute(delete(RevisionGap))
    connection.execute(insert(RevisionGap).values(before=0, after=first))
    connection.execute(update(RevisionCounter).values(revision=last))
