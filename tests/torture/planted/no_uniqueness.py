"""The bug: nobody looks whether a ``client_id`` was used before, the database neither."""

from __future__ import annotations

from sqlalchemy import text

from app.messages import sending, statements
from app.store.prepared import PreparedInsert
from tests.support.quick import app
from tests.torture.planted import drop_unique

__all__ = ["app"]

drop_unique("messages", "sender_id, client_id")
sending._sent_before = lambda *_: None  # type: ignore[assignment]
_guard = " ON CONFLICT (sender_id, client_id) DO NOTHING"
_stored = str(statements.STORE._statement)
assert _guard in _stored
statements.STORE = PreparedInsert(text(_stored.replace(_guard, "")))
