"""Presence on the wire."""

from __future__ import annotations

from app.contract.types import Id, Moment, Output


class PresenceNotice(Output):
    """``user_online`` and ``user_offline``."""

    user_id: Id
    last_seen_at: Moment | None
    """Null with ``user_online``."""
