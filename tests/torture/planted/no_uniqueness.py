"""The bug: nobody looks whether a ``client_id`` was used before, the database neither."""

from __future__ import annotations

from app.messages import sending
from tests.support.quick import app
from tests.torture.planted import drop_unique

__all__ = ["app"]

drop_unique("messages", "sender_id, client_id")
sending._sent_before = lambda *_: None  # type: ignore[assignment]
