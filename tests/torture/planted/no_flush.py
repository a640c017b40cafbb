"""The bug: what is committed is left to the operating system, which writes it when it likes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from tests.support.quick import app

__all__ = ["app"]


@event.listens_for(Engine, "begin")
def _do_not_flush(connection: Any) -> None:
    # The transaction has begun, so only the next one is without: every one but a connection's first.
    connection.exec_driver_sql("PRAGMA synchronous = OFF")
