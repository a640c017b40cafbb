"""Search by a part of a name, through an index of all names (docs/decisions/0022).

One or two letters match the beginning of a word; three or more match anywhere.
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

# The length from which an index of trigrams finds letters anywhere in a name.
ANYWHERE = 3


class NameIndex:
    """The trigram index of one column (migration 0004).

    On SQLite it is an FTS5 table whose row ids are those of the indexed rows. On PostgreSQL it is an
    index that the planner applies to ordinary comparisons.
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
        """Returns the condition for a page of at most ``limit`` matching rows, ordered by id.

        With ``after`` the ids ascend from there; otherwise they descend, from below ``before``.
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
        """Returns the condition as a comparison of names, without the FTS5 table."""
        if len(q) >= ANYWHERE:
            return self._named.icontains(q, autoescape=True)
        return or_(
            self._named.istartswith(q, autoescape=True),
            self._named.icontains(f" {q}", autoescape=True),
        )

    def _is_there(self, session: Session) -> bool:
        """Whether there is an FTS5 table; a SQLite without trigrams could not create it."""
        engine = session.get_bind().engine
        if engine.dialect.name != "sqlite":
            return False
        if engine not in self._there:
            asked = text("SELECT 1 FROM sqlite_master WHERE name = :name")
            self._there[engine] = session.execute(asked, {"name": self._name}).first() is not None
        return self._there[engine]


def _phrase(q: str) -> str:
    """The FTS5 phrase for ``q``. In the index, two spaces precede each word of a name."""
    wanted = q.replace(" ", "  ")
    if len(q) < ANYWHERE:
        wanted = " " * (ANYWHERE - len(q)) + wanted
    return '"' + wanted.replace('"', '""') + '"'
