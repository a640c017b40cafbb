"""Looking into a server's SQLite file from outside, and now and then turning its clock back."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import Any

from tests.support.server import Server

# When somebody goes, the time is noted some seconds later: bookkeeping that no request changes.
NOTED_BY_ITSELF = {"users": {"last_seen_at"}}
# Signing in and out keeps its own books.
SESSIONS = frozenset({"sign_in_sessions"})


def _connect(server: Server, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{server.data_dir / 'palabre.db'}?mode={mode}", uri=True)


def digest(server: Server, *, without: frozenset[str] = SESSIONS) -> dict[str, str]:
    """A fingerprint of every table's content; two that are equal mean that nothing changed."""
    with closing(_connect(server, "ro")) as connection:
        connection.execute("BEGIN")
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        return {name: _table_digest(connection, name) for name in names if name not in without}


def _table_digest(connection: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    kept = [name for name in columns if name not in NOTED_BY_ITSELF.get(table, ())]
    listed = ", ".join(f'"{name}"' for name in kept)
    content = hashlib.sha256()
    for row in connection.execute(f'SELECT {listed} FROM "{table}" ORDER BY {listed}'):
        content.update(repr(row).encode("utf-8", "backslashreplace"))
    return content.hexdigest()


def execute(server: Server, statement: str, *values: Any) -> int:
    """Change rows behind the server's back; returns how many."""
    with closing(_connect(server, "rw")) as connection, connection:
        connection.execute("PRAGMA busy_timeout = 5000")
        return connection.execute(statement, values).rowcount


def value(server: Server, statement: str, *values: Any) -> Any:
    """The first column of the first row of a question."""
    with closing(_connect(server, "ro")) as connection:
        return connection.execute(statement, values).fetchone()[0]
