"""Statements of the hot paths: written in SQLAlchemy Core, compiled once, run on the driver itself.

Building, keying and wrapping a Core statement costs 10 times as much as SQLite takes to run it
(docs/decisions/0010). Values are passed to the driver unconverted, and rows are plain tuples:
booleans are 0 and 1 on SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
Values = dict[str, Any]
# The SQL, a function that arranges named values for the driver, and the statement's constants.
Compiled = tuple[str, Callable[[Values], Any], Values]
Direct = tuple[Any, Dialect]


class DirectSession(Session):
    """A session that caches its driver connection.

    Asking SQLAlchemy for it each time would cost more than most statements.
    """

    _direct: Direct | None = None

    @property
    def direct(self) -> Direct:
        """The driver connection, inside this session's transaction, and the dialect."""
        if self._direct is None:
            self._direct = _begun(self.bind) or _ask(self)
        return self._direct

    def end_reading(self) -> None:
        """Ends the snapshot and discards its objects; the next reader begins a new one."""
        if self.in_transaction():  # begun by any statement that went through SQLAlchemy
            self.close()
        if self._direct is not None:
            self._direct[0].rollback()
            self._direct = None


class Prepared:
    """One statement with named ``bindparam`` values."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[Row]:
        """Runs the statement and returns all rows."""
        found: list[Row] = self._execute(session, values).fetchall()
        return found

    def first(self, session: Session, **values: Any) -> Row | None:
        """Runs the statement and returns its first row, or ``None``."""
        found: Row | None = self._execute(session, values).fetchone()
        return found

    def run(self, session: Session, **values: Any) -> None:
        """Runs the statement for its effect. Pending ORM changes must have been flushed."""
        self._execute(session, values)

    def _execute(self, session: Session, values: dict[str, Any]) -> Any:
        driver, dialect = session.direct if isinstance(session, DirectSession) else _ask(session)
        sql, arrange, constants = self._compiled.get(dialect.name) or self._compile(dialect)
        try:
            return driver.execute(sql, arrange({**constants, **values} if constants else values))
        except dialect.loaded_dbapi.Error as error:
            raise _wrapped(dialect, sql, error) from error

    def _compile(self, dialect: Dialect) -> Compiled:
        made: Any = self._statement.compile(dialect=dialect)
        arrange = _in_order(made.positiontup) if made.positional else _by_name
        constants = {name: value for name, value in made.params.items() if value is not None}
        found = self._compiled[dialect.name] = (str(made), arrange, constants)
        return found


class PreparedInsert(Prepared):
    """Inserts one row, or none on a conflict, into a table whose key is ``id``."""

    __slots__ = ()

    def id(self, session: Session, **values: Any) -> int | None:
        """Inserts and returns the id of the new row; ``None`` after a conflict."""
        cursor = self._execute(session, values)
        if cursor.description is None:  # SQLite, where RETURNING is slow (docs/decisions/0021)
            return cursor.lastrowid if cursor.rowcount else None
        row = cursor.fetchone()
        return row[0] if row else None

    def _compile(self, dialect: Dialect) -> Compiled:
        sql, arrange, constants = super()._compile(dialect)
        if dialect.name != "sqlite":
            sql += " RETURNING id"
        found = self._compiled[dialect.name] = (sql, arrange, constants)
        return found


class PreparedFor:
    """A statement about a list of ids, which ``build`` receives as parameters for its ``IN``.

    It is compiled for 1, 2, 4, 8, … ids; a shorter list is padded with its last id.
    """

    __slots__ = ("_build", "_sizes")

    def __init__(self, build: Callable[[list[BindParameter[int]]], ClauseElement]) -> None:
        self._build = build
        self._sizes: dict[int, Prepared] = {}

    def rows(self, session: Session, ids: Collection[int], **values: Any) -> list[Row]:
        """Runs the statement and returns all rows; an empty list when there are no ids."""
        if not ids:
            return []
        size = 1 << (len(ids) - 1).bit_length()
        given = [*ids]
        given += given[-1:] * (size - len(given))
        named = {f"id_{number}": value for number, value in enumerate(given)}
        return self._of(size).rows(session, **named, **values)

    def _of(self, size: int) -> Prepared:
        found = self._sizes.get(size)
        if found is None:
            names: list[BindParameter[int]] = [bindparam(f"id_{n}") for n in range(size)]
            found = self._sizes[size] = Prepared(self._build(names))
        return found


def _in_order(names: Sequence[str]) -> Callable[[Values], Any]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _by_name(values: Values) -> Values:
    return values


def _begun(bind: object) -> Direct | None:
    """The driver connection of a session bound to a connection, in a transaction; else ``None``.

    With SQLite, BEGIN on the driver is enough: SQLAlchemy finds the transaction when the session
    first executes through it (``_begin_reading`` in app/store/engines.py).
    """
    if not isinstance(bind, Connection):
        return None
    driver: Any = bind.connection.driver_connection
    if not bind.in_transaction():
        if bind.dialect.name != "sqlite":
            return None
        if not driver.in_transaction:
            driver.execute("BEGIN")
    return driver, bind.dialect


def _ask(session: Session) -> Direct:
    connection = session.connection()
    return connection.connection.driver_connection, connection.dialect


def run_on_driver(connection: Connection, sql: str) -> None:
    """Executes literal SQL on the driver. Raises SQLAlchemy's errors, not the driver's."""
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(sql)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(connection.dialect, sql, error) from error


def _wrapped(dialect: Dialect, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy's, so that the writer classifies only one hierarchy."""
    wrapped: Exception = DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    )
    return wrapped
