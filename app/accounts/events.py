"""Events of accounts."""

from __future__ import annotations

from dataclasses import dataclass

from app.realtime.event import Event


@dataclass(slots=True, kw_only=True)
class SessionsEnded(Event):
    """Sign-in sessions that are over: their live connections are notified and closed."""

    session_ids: frozenset[str]

    def ends_sessions(self) -> list[str]:
        return sorted(self.session_ids)
