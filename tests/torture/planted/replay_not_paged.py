"""The bug: whoever has missed more than a page gets the first page, and is told that this was all."""

from __future__ import annotations

from typing import Any

from app.store.revision import current_revision
from app.sync import queries
from tests.support.quick import app

__all__ = ["app"]

PAGE = 10
_right = queries.changes


def _changes(session: Any, actor: Any, after: int, *_limit: int) -> dict[str, Any]:
    answer = _right(session, actor, after, PAGE)
    return {**answer, "has_more": False, "cursor": current_revision(session)}


queries.changes = _changes
