"""Changes to the stored part of presence."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from app.accounts.models import User
from app.realtime.event import Event
from app.store import WriteSession


def record_last_seen(session: WriteSession, user_ids: Collection[int]) -> tuple[int, list[Event]]:
    """Records that users have just gone offline; returns the moment in unix milliseconds."""
    session.execute(update(User).where(User.id.in_(user_ids)).values(last_seen_at=session.now))
    return session.now, []
