"""Column types and clocks shared by every table."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Integer, Row, Select

# A row, and a statement that selects rows, of any columns.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]

# SQLite assigns row ids only to INTEGER keys; PostgreSQL's INTEGER has only 32 bits.
BigId = BigInteger().with_variant(Integer, "sqlite")


def now_ms() -> int:
    """The current time in milliseconds since 1970, UTC: the unit of every stored time."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=32)  # the commands of a batch format the same time repeatedly
def iso(milliseconds: int | None) -> str | None:
    """Formats a time as on the wire: ISO 8601, UTC, with milliseconds and ``Z``."""
    if milliseconds is None:
        return None
    # By arithmetic, because a datetime takes twice as long and a page of messages has dozens.
    day, rest = divmod(milliseconds, 86_400_000)
    minutes, rest = divmod(rest, 60_000)
    hour, minute = divmod(minutes, 60)
    second, rest = divmod(rest, 1000)
    return f"{_date(day)}T{hour:02d}:{minute:02d}:{second:02d}.{rest:03d}Z"


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    """The ISO date of a day, counted from 1970."""
    year, month, day_of_month = time.gmtime(day * 86_400)[:3]
    return f"{year:04d}-{month:02d}-{day_of_month:02d}"
