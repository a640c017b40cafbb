"""The bug: a listener remembers every connection there ever was."""

from __future__ import annotations

from app.realtime.connection import Connection
from app.realtime.lifecycle import ConnectionListener, lifecycle
from tests.support.quick import app

__all__ = ["app"]

_ever: dict[str, str] = {}


class _Hoarder(ConnectionListener):
    def closed(self, connection: Connection) -> None:
        _ever[connection.sid] = connection.actor.session_id


lifecycle.listen(_Hoarder())
