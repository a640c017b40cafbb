"""Search by a part of a name, found by an index of everybody's names (docs/decisions/0022).

One or two letters find the words that begin with them, three or more are found anywhere.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Engine,
    Integer,
    String,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

# What an index of three letters in a row can find anywhere.
ANYWHERE = 3


class NameIndex:
    """The index of one column. On SQLite it is a table of FTS5, whose rows have the ids of those whose
    names they are; on PostgreSQL an index that serves comparisons as they are written (migration 0004).
    """

    def __init__(
        self, name: str, key: InstrumentedAttribute[int], named: InstrumentedAttribute[str]
    ) -> None:
        self._name = name
        self._key = key
        self._named = named
        self._there: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()

    def finds(
        self,
        session: Session,
        q: str,
        limit: int,
        *,
        after: int | None = None,
        before: int | None = None,
    ) -> ColumnElement[bool]:
        """The condition for a page of at most ``limit`` rows in the order of their ids: those after an
        id, or, from the last one down, those before it.
        """
        if not self._is_there(session):
            return self.compared(q)
        rowid: ColumnElement[int] = literal_column("rowid", Integer)
        found = (
            select(rowid)
            .select_from(table(self._name))
            .where(literal_column(self._name, String).op("MATCH")(_phrase(q)))
            .order_by(rowid if after is not None else rowid.desc())
            .limit(limit)
        )
        if after is not None:
            found = found.where(rowid > after)
        if before is not None:
            found = found.where(rowid < before)
        return self._key.in_(found)

    def compared(self, q: str) -> ColumnElement[bool]:
        """The condition without the index: for few rows, or a database that compares by its own."""
        if len(q) >= ANYWHERE:
            return self._named.icontains(q, autoescape=True)
        return or_(
            self._named.istartswith(q, autoescape=True),
            self._named.icontains(f" {q}", autoescape=True),
        )

    def _is_there(self, session: Session) -> bool:
        """A SQLite that cannot make such a table goes without."""
        engine = session.get_bind().engine
        if engine.dialect.name != "sqlite":
            return False
        if engine not in self._there:
            asked = text("SELECT 1 FROM sqlite_master WHERE name = :name")
            self._there[engine] = session.execute(asked, {"name": self._name}).first() is not None
        return self._there[engine]


def _phrase(q: str) -> str:
    """What FTS5 is to look for in names whose words stand behind two spaces each."""
    wanted = q.replace(" ", "  ")
    if len(q) < ANYWHERE:
        wanted = " " * (ANYWHERE - len(q)) + wanted
    return '"' + wanted.replace('"', '""') + '"'
