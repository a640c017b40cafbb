"""Looking into a server's database from outside, and now and then turning its clock back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from tests.support.server import Server

# When somebody goes, the time is noted some seconds later: bookkeeping that no request changes.
NOTED_BY_ITSELF = {"users": {"last_seen_at"}}
# Signing in and out keeps its own books.
SESSIONS = frozenset({"sign_in_sessions"})


@contextmanager
def _connected(server: Server) -> Iterator[Connection]:
    """One transaction on the server's own database, whichever that is."""
    url = server.settings.get("DATABASE_URL") or f"sqlite:///{server.data_dir / 'palabre.db'}"
    url = url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def digest(server: Server, *, without: frozenset[str] = SESSIONS) -> dict[str, str]:
    """A fingerprint of every table's content; two that are equal mean that nothing changed."""
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
    """Change rows behind the server's back; returns how many. Values stand as ``?``."""
    with _connected(server) as connection:
        return _run(connection, statement, values).rowcount


def value(server: Server, statement: str, *values: Any) -> Any:
    """The first column of the first row of a question. Values stand as ``?``."""
    with _connected(server) as connection:
        row = _run(connection, statement, values).fetchone()
        return None if row is None else row[0]


def _run(connection: Connection, statement: str, values: tuple[Any, ...]) -> Any:
    if connection.dialect.name != "sqlite":
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, values)
