"""Index the parts of the names of users and products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Each index, and the column that it indexes.
INDEXES = {"user_names": ("users", "name"), "product_titles": ("products", "title")}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _of_postgresql(connection)
    elif _has_trigrams(connection):
        for name, (table, column) in INDEXES.items():
            _of_sqlite(name, table, column)


def downgrade() -> None:
    for name in INDEXES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP INDEX IF EXISTS ix_{name}")
            continue
        for when in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {name}_{when}")
        op.execute(f"DROP TABLE IF EXISTS {name}")


def _of_sqlite(name: str, table: str, column: str) -> None:
    """Creates an FTS5 table that stores no names, and triggers that keep it up to date.

    Triggers, because a row that this table misses is never found: no writer may bypass it.
    """
    op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({column}, content='', tokenize='trigram')")
    into = f"INSERT INTO {name}"
    add = f"{into} (rowid, {column}) VALUES (new.id, {_spaced(f'new.{column}')});"
    forget = (
        f"{into} ({name}, rowid, {column}) VALUES ('delete', old.id, {_spaced(f'old.{column}')});"
    )
    for when, event, what in (
        ("insert", "INSERT", add),
        ("update", f"UPDATE OF {column}", f"{forget} {add}"),
        ("delete", "DELETE", forget),
    ):
        op.execute(f"CREATE TRIGGER {name}_{when} AFTER {event} ON {table} BEGIN {what} END")
    there = sa.select(sa.column("id"), sa.literal_column(_spaced(column))).select_from(
        sa.table(table)
    )
    index = sa.table(name, sa.column("rowid"), sa.column(column))
    op.execute(index.insert().from_select(["rowid", column], there))


def _spaced(column: str) -> str:
    """The column with two spaces before every word, so that its first letter ends a trigram."""
    return f"'  ' || replace({column}, ' ', '  ')"


def _of_postgresql(connection: sa.Connection) -> None:
    """Creates an index for ILIKE, if its extension is installed and may be created."""
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError:
        return
    for name, (table, column) in INDEXES.items():
        op.execute(f"CREATE INDEX ix_{name} ON {table} USING gin ({column} gin_trgm_ops)")


def _has_trigrams(connection: sa.Connection) -> bool:
    """Whether this SQLite has FTS5, a compile-time option, with trigrams (since 3.34)."""
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.tried USING fts5(name, tokenize='trigram')"
        )
    except sa.exc.DBAPIError:
        return False
    connection.exec_driver_sql("DROP TABLE temp.tried")
    return True
