"""New revisions for a restored database: every one of them, in the old order."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.store.copies.renumber import holds_revisions, renumber
from app.store.tables import Model
from tests.support.inside import inside
from tests.support.server import flask

# What big numbers that are no revisions are called. A new column is either among them, or is called
# as revisions are.
NO_REVISIONS = ("id", "seq", "unread", "unread_skipped", "group_count", "price_cents")
ENDINGS = ("_id", "_at", "_seq", "_by")
ITS_OWN = {"revision_counter", "revision_gap"}
POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")

Columns = dict[tuple[str, str], list[int]]


def test_every_big_number_is_known_to_be_a_revision_or_not_to_be_one() -> None:
    import_models()
    doubtful = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        if table.name not in ITS_OWN
        for column in table.columns
        if isinstance(column.type, BigInteger)
        and column.name not in NO_REVISIONS
        and not column.name.endswith(ENDINGS)
        and not holds_revisions(column.name)
    ]
    assert doubtful == [], "say in app/store/copies/renumber.py or here what these are"


def import_models() -> None:
    """Every table there is."""
    from app import create_app  # imports them all

    assert create_app
    assert len(Model.metadata.tables) > 10


def test_order_and_equality_stay_and_no_number_from_before_is_left(tmp_path: Path) -> None:
    flask("db", "upgrade", DATA_DIR=str(tmp_path))
    flask("demo", DATA_DIR=str(tmp_path))
    inside("tests.store.scenarios:hide_a_message", tmp_path)
    before = _revisions(tmp_path)
    assert all(any(values) for values in before.values()), "each column was to be tried"
    began = time.time_ns() // 1000
    flask("restore", "--in-place", DATA_DIR=str(tmp_path))
    after = _revisions(tmp_path)
    old, new = _sorted(before), _sorted(after)
    assert new == list(range(new[0], new[0] + len(old)))
    assert new[0] >= began
    renamed = dict(zip(old, new, strict=True)) | {0: 0}
    assert after == {
        place: [renamed[value] for value in values] for place, values in before.items()
    }
    # Not in any column of any name.
    assert not set(old) & _numbers(tmp_path)
    with closing(sqlite3.connect(tmp_path / "palabre.db")) as connection:
        assert connection.execute("SELECT revision FROM revision_counter").fetchone() == (new[-1],)
        gaps = connection.execute('SELECT "before", "after" FROM revision_gap').fetchall()
    assert gaps == [(0, new[0])]


def test_new_revisions_are_higher_than_any_that_was_heard_of(tmp_path: Path) -> None:
    flask("db", "upgrade", DATA_DIR=str(tmp_path))
    ahead = (time.time_ns() + 10**18) // 1000  # another machine's clock, decades off
    engine = create_engine(f"sqlite:///{tmp_path / 'palabre.db'}")
    with engine.begin() as connection:
        renumber(connection, above=ahead)
    with closing(sqlite3.connect(tmp_path / "palabre.db")) as connection:
        (counter,) = connection.execute("SELECT revision FROM revision_counter").fetchone()
    assert counter > ahead


@pytest.mark.skipif(not POSTGRESQL.startswith("postgres"), reason="needs TEST_DATABASE_URL")
def test_postgresql_is_renumbered_alike(tmp_path: Path) -> None:
    with _database_of_its_own() as url:
        settings = {"DATA_DIR": str(tmp_path), "DATABASE_URL": url}
        flask("db", "upgrade", **settings)
        flask("demo", **settings)
        began = time.time_ns() // 1000
        with _connected(url) as connection:
            with pytest.raises(AssertionError, match="Stop every server"):
                flask("restore", "--in-place", **settings)
            assert connection.exec_driver_sql("SELECT max(revision) FROM messages").scalar() < began
        flask("restore", "--in-place", **settings)
        with _connected(url) as connection:
            lowest, counter = connection.exec_driver_sql(
                "SELECT min(revision), (SELECT revision FROM revision_counter) FROM messages"
            ).one()
            assert connection.exec_driver_sql("SELECT count(*) FROM revision_gap").scalar() == 1
        assert began <= lowest <= counter


@contextmanager
def _database_of_its_own() -> Iterator[str]:
    """Nobody else is connected to it."""
    name = f"palabre_{secrets.token_hex(4)}"
    with _connected(POSTGRESQL) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name}")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        yield connection


def _revisions(data_dir: Path) -> Columns:
    """Every column that holds revisions, by table and name, in the order of its rows."""
    with closing(sqlite3.connect(data_dir / "palabre.db")) as connection:
        return {
            (table, name): [value or 0 for (value,) in _column(connection, table, name)]
            for table, name in _columns(connection)
            if table not in ITS_OWN and holds_revisions(name)
        }


def _numbers(data_dir: Path) -> set[int]:
    """Every number in every column of every table."""
    with closing(sqlite3.connect(data_dir / "palabre.db")) as connection:
        return {
            value
            for table, name in _columns(connection)
            for (value,) in connection.execute(f'SELECT "{name}" FROM "{table}"')
            if isinstance(value, int)
        }


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return [
        (table, row[1])
        for (table,) in tables
        for row in connection.execute(f'PRAGMA table_info("{table}")')
    ]


def _column(connection: sqlite3.Connection, table: str, name: str) -> list[tuple[Any]]:
    return connection.execute(f'SELECT "{name}" FROM "{table}" ORDER BY rowid').fetchall()


def _sorted(columns: Columns) -> list[int]:
    return sorted({value for values in columns.values() for value in values if value})
