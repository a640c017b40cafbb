"""The bug: *changes after a cursor* begins one revision too late."""

from __future__ import annotations

from typing import Any

from app.sync import queries
from tests.support.quick import app

__all__ = ["app"]

_right = queries._rows


def _rows(session: Any, kind: Any, user_id: int, after: int, limit: int) -> Any:
    return _right(session, kind, user_id, after + 1 if after else 0, limit)


queries._rows = _rows
