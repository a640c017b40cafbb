"""What every page tells its script: who reads, and from which revision on to catch up."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy.orm import Session

from app.conversations.queries import unread_total
from app.store import store
from app.store.revision import current_revision
from app.web.i18n import choose_timezone, language
from app.web.identity import reader

State = dict[str, Any]


def take_state(session: Session) -> None:
    """Read the cursor and the unread total in the snapshot that the page shows."""
    actor = reader()
    if actor is not None:
        g.page_state = _state(session, actor.user_id)


def page_state() -> State:
    """``cursor`` and ``unread_total`` of this page; a page that shows nothing live has its own snapshot."""
    actor = reader()
    if actor is not None and "page_state" not in g:
        with store.reading() as session:
            g.page_state = _state(session, actor.user_id)
    state: State = g.get("page_state", {"cursor": None, "unread_total": 0})
    return state


def page_data(extra: dict[str, Any]) -> dict[str, Any]:
    """The content of ``#page-data``."""
    return {
        "me": g.me,
        "locale": language(),
        "timezone": choose_timezone(),
        **page_state(),
        **extra,
    }


def _state(session: Session, user_id: int) -> State:
    return {"cursor": current_revision(session), "unread_total": unread_total(session, user_id)}
