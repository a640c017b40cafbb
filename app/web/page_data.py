"""Page state for the script: the reader, the revision to catch up from, and counts of features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from app.store import store
from app.store.revision import current_revision
from app.store.types import iso, now_ms
from app.web.i18n import choose_timezone, language
from app.web.reader import reader

State = dict[str, Any]
Count = Callable[[Session, int], int]

_COUNTS: dict[str, Count] = {}


def register_count(name: str, count: Count) -> None:
    """Provides ``count(session, user_id)`` to templates and scripts of all pages, as ``name``."""
    _COUNTS[name] = count


def take_state(session: Session) -> None:
    """Reads the cursor and the counts in the snapshot that the page shows."""
    actor = reader()
    if actor is not None:
        g.page_state = _state(session, actor.user_id)


def page_state() -> State:
    """Returns the ``cursor`` and the counts of this page.

    Without a call of ``take_state``, they have a snapshot of their own.
    """
    actor = reader()
    if actor is not None and "page_state" not in g:
        with store.reading() as session:
            g.page_state = _state(session, actor.user_id)
    state: State = g.get("page_state") or {"cursor": None, **dict.fromkeys(_COUNTS, 0)}
    return state


def page_counts() -> dict[str, int]:
    """Returns the registered counts of this page; 0 for a reader who is not signed in."""
    state = page_state()
    return {name: state[name] for name in _COUNTS}


def page_data(extra: dict[str, Any]) -> dict[str, Any]:
    """Returns the content of ``#page-data``."""
    return {
        "me": g.me,
        "locale": language(),
        "timezone": choose_timezone(),
        "now": iso(now_ms()),
        **page_state(),
        **extra,
    }


def _state(session: Session, user_id: int) -> State:
    counts = {name: count(session, user_id) for name, count in _COUNTS.items()}
    return {"cursor": current_revision(session), **counts}
