"""The bug: two writers number messages, and now and then one has not seen what the other did."""

from __future__ import annotations

import itertools
from typing import Any

from app.messages import sending
from tests.support.quick import app
from tests.torture.planted import drop_unique

__all__ = ["app"]

EVERY = 20
_right = sending._store
_numbers = itertools.count(1)


def _store(
    session: Any, actor: Any, conversation_id: int, place: Any, *others: Any
) -> dict[str, Any]:
    if next(_numbers) % EVERY == 0 and place.last_seq > 0:
        place = place._replace(last_seq=place.last_seq - 1)
    return _right(session, actor, conversation_id, place, *others)


drop_unique("messages", "conversation_id, seq")
sending._store = _store
