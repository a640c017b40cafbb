"""SQLAlchemy engines: one connection that writes, and a pool of read-only ones."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool, QueuePool

from app.store.prepared import run_on_driver

# The writer's wait for another process that locks the database, such as a backup tool or a shell.
BUSY_TIMEOUT_SECONDS = 2.0


def create_writer_engine(url: str) -> Engine:
    """Returns an engine without a pool: the writer thread opens one connection and keeps it."""
    if not url.startswith("sqlite"):
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,  # logged errors must not contain messages
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_writer)
    # BEGIN IMMEDIATE, because a read that later writes would fail with SQLITE_BUSY_SNAPSHOT.
    event.listen(engine, "begin", _begin_writing)
    return engine


def create_reader_engine(url: str) -> Engine:
    """Returns an engine whose connections are read-only, each transaction a consistent snapshot."""
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            poolclass=QueuePool,
            pool_size=10,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    path = make_url(url).database
    engine = create_engine(
        f"sqlite:///file:{path}?mode=ro&uri=true",
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=40,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_reader)
    event.listen(engine, "begin", _begin_reading)
    return engine


def _begin_writing(connection: Connection) -> None:
    # On the driver itself, because SQLAlchemy's path there costs as much as four statements.
    run_on_driver(connection, "BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    # A prepared statement may have begun the transaction already (app/store/prepared.py).
    if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN")


def _prepare_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # no implicit BEGIN
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # acknowledged changes survive a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -65536")
    # Four times the default, so that a page that changes with every message is written back less
    # often. The log grows to 16 MB (docs/decisions/0021).
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _prepare_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA mmap_size = 268435456")
