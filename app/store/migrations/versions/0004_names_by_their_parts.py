"""People and products are found by a part of their names without looking at every name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The index, and the column whose words it finds.
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
    """A table of FTS5 that keeps no names of its own, and triggers that keep it up to date: whoever is
    not found here is not found at all, so nothing that writes may go past it.
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
    """Two spaces before every word: so one letter at its beginning is three characters, too."""
    return f"'  ' || replace({column}, ' ', '  ')"


def _of_postgresql(connection: sa.Connection) -> None:
    """An index for ILIKE, where its extension is installed and may be created."""
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError:
        return
    for name, (table, column) in INDEXES.items():
        op.execute(f"CREATE INDEX ix_{name} ON {table} USING gin ({column} gin_trgm_ops)")


def _has_trigrams(connection: sa.Connection) -> bool:
    """FTS5 is an option of SQLite's, and knows trigrams since 3.34."""
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.tried USING fts5(name, tokenize='trigram')"
        )
    except sa.exc.DBAPIError:
        return False
    connection.exec_driver_sql("DROP TABLE temp.tried")
    return True
