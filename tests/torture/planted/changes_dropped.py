"""The bug: whoever comes back is told of new messages, and not of edits and deletions meanwhile."""

from __future__ import annotations

from typing import Any

from app.sync import queries
from tests.support.quick import app

__all__ = ["app"]

_right = queries.changes


def _changes(session: Any, actor: Any, after: int, *limit: int) -> dict[str, Any]:
    answer = _right(session, actor, after, *limit)
    if after > 0:
        answer["messages"] = [
            message
            for message in answer["messages"]
            if message["edited_at"] is None and message["deleted_at"] is None
        ]
    return answer


queries.changes = _changes
