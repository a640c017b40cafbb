"""The bug: somebody remembers every connection there ever was."""

from __future__ import annotations

from app.realtime.connection import Connection
from app.realtime.lifecycle import on_closed
from tests.support.quick import app

__all__ = ["app"]

_ever: dict[str, str] = {}


@on_closed
def _remember(connection: Connection) -> None:
    _ever[connection.sid] = connection.actor.session_id
