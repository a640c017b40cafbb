"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run on the driver itself.

Building, keying and wrapping a Core statement costs ten times what SQLite needs to run it. Values
go to the driver as they are, and rows come back as plain tuples: booleans as 0 and 1 on SQLite.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
# The SQL, the names of its parameters in order if the driver wants them so, and its constants.
Compiled = tuple[str, list[str] | None, dict[str, Any]]


class Prepared:
    """One statement with named ``bindparam`` values."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[Row]:
        """Every row."""
        found: list[Row] = self._execute(session, values).fetchall()
        return found

    def first(self, session: Session, **values: Any) -> Row | None:
        """The first row, or ``None``."""
        found: Row | None = self._execute(session, values).fetchone()
        return found

    def run(self, session: Session, **values: Any) -> None:
        """Execute for its effect. Pending ORM changes must have been flushed."""
        self._execute(session, values)

    def _execute(self, session: Session, values: dict[str, Any]) -> Any:
        connection = session.connection()
        sql, order, constants = self._compile(connection.dialect)
        given = {**constants, **values} if constants else values
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(sql, [given[name] for name in order] if order else given)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection.dialect, sql, error) from error

    def _compile(self, dialect: Dialect) -> Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            made: Any = self._statement.compile(dialect=dialect)
            order = list(made.positiontup) if made.positional else None
            constants = {name: value for name, value in made.params.items() if value is not None}
            found = self._compiled[dialect.name] = (str(made), order, constants)
        return found


def _wrapped(dialect: Dialect, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy's, so that the writer tells them apart in one way only."""
    wrapped: Exception = DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    )
    return wrapped
