"""Reads and changes a server's database from outside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from tests.support.server import Server

# Written some seconds after a user disconnects, not by any request.
NOTED_BY_ITSELF = {"users": {"last_seen_at"}}
# Changed by signing in and out.
SESSIONS = frozenset({"sign_in_sessions"})


@contextmanager
def _connected(server: Server) -> Iterator[Connection]:
    """Yields a connection to the server's database, SQLite or PostgreSQL, in a transaction."""
    url = server.settings.get("DATABASE_URL") or f"sqlite:///{server.data_dir / 'palabre.db'}"
    url = url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def digest(server: Server, *, without: frozenset[str] = SESSIONS) -> dict[str, str]:
    """Returns a digest of every table's content; equal digests mean that nothing changed."""
    with _connected(server) as connection:
        names = inspect(connection).get_table_names()
        return {name: _table_digest(connection, name) for name in names if name not in without}


def _table_digest(connection: Connection, table: str) -> str:
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    kept = [name for name in columns if name not in NOTED_BY_ITSELF.get(table, ())]
    listed = ", ".join(f'"{name}"' for name in kept)
    content = hashlib.sha256()
    statement = f'SELECT {listed} FROM "{table}" ORDER BY {listed}'
    for row in connection.exec_driver_sql(statement):
        content.update(repr(tuple(row)).encode("utf-8", "backslashreplace"))
    return content.hexdigest()


def execute(server: Server, statement: str, *values: Any) -> int:
    """Changes rows without the server's knowledge; returns their number. Placeholders are ``?``."""
    with _connected(server) as connection:
        return _run(connection, statement, values).rowcount


def value(server: Server, statement: str, *values: Any) -> Any:
    """Returns the first column of the first row of a query. Placeholders are ``?``."""
    with _connected(server) as connection:
        row = _run(connection, statement, values).fetchone()
        return None if row is None else row[0]


def _run(connection: Connection, statement: str, values: tuple[Any, ...]) -> Any:
    if connection.dialect.name != "sqlite":
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, values)
