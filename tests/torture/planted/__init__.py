"""Servers with a bug put in on purpose, to see that the checker sees it.

Each module here is a WSGI entry point of its own: it patches the application's code in the server
process, before anything is served, and then serves. Nothing in ``app/`` knows about it.
"""

from __future__ import annotations

import re
import sqlite3
from typing import NamedTuple

from config import load_settings


class Bug(NamedTuple):
    """One bug: the rule that must find it, and what it takes for it to show."""

    rule: str
    kills: int = 0
    presence: bool = False


BUGS = {
    "ack_before_commit": Bug("acknowledged: stored exactly once", kills=2),
    "no_uniqueness": Bug("acknowledged: stored exactly once"),
    "two_writers": Bug("seq is 1..N"),
    "replay_off_by_one": Bug("every participant holds the database's list"),
    "replay_not_paged": Bug("every participant holds the database's list"),
    "membership_not_checked": Bug("an outsider holds nothing"),
    "changes_dropped": Bug("every participant holds the database's list"),
    "presence_never_cleared": Bug("who has left is offline within 70 s", presence=True),
    "unordered_handlers": Bug("order of each sender"),
}


def application(name: str) -> str:
    """What to hand to gunicorn for one of ``BUGS``."""
    return f"tests.torture.planted.{name}:app"


def drop_unique(table: str, columns: str) -> None:
    """Take a uniqueness constraint out of the database, as if it had never been declared.

    SQLite cannot drop one, so the table is made anew; a second start finds nothing left to do.
    """
    path = load_settings().data_dir / "palabre.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    schema = _schema(connection, "table", table)[0]
    without = re.sub(rf",\s*CONSTRAINT \S+ UNIQUE \({columns}\)", "", schema)
    if without != schema:
        indexes = _schema(connection, "index", table)
        connection.execute(without.replace(table, f"{table}_anew", 1))
        connection.execute(f"INSERT INTO {table}_anew SELECT * FROM {table}")
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
        for index in indexes:
            connection.execute(index)
    connection.execute("COMMIT")
    connection.close()


def _schema(connection: sqlite3.Connection, kind: str, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = ? AND tbl_name = ? AND sql IS NOT NULL",
        (kind, table),
    )
    return [row[0] for row in rows]
