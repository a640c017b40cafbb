"""What every page tells its script: who reads, and from which revision on to catch up."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy.orm import Session

from app.accounts.reader import reader
from app.contacts.queries import pending_received
from app.conversations.queries import unread_total
from app.store import store
from app.store.revision import current_revision
from app.store.types import iso, now_ms
from app.web.i18n import choose_timezone, language

State = dict[str, Any]

NOBODYS: State = {"cursor": None, "unread_total": 0, "pending_requests": 0}


def take_state(session: Session) -> None:
    """Read the cursor and what the navigation counts in the snapshot that the page shows."""
    actor = reader()
    if actor is not None:
        g.page_state = _state(session, actor.user_id)


def page_state() -> State:
    """``cursor``, ``unread_total`` and ``pending_requests`` of this page.

    A page that shows nothing live has its own snapshot.
    """
    actor = reader()
    if actor is not None and "page_state" not in g:
        with store.reading() as session:
            g.page_state = _state(session, actor.user_id)
    state: State = g.get("page_state", NOBODYS)
    return state


def page_data(extra: dict[str, Any]) -> dict[str, Any]:
    """The content of ``#page-data``."""
    return {
        "me": g.me,
        "locale": language(),
        "timezone": choose_timezone(),
        "now": iso(now_ms()),
        **page_state(),
        **extra,
    }


def _state(session: Session, user_id: int) -> State:
    return {
        "cursor": current_revision(session),
        "unread_total": unread_total(session, user_id),
        "pending_requests": pending_received(session, user_id),
    }
