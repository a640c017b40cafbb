"""The bug: now and then a message gets the number of the one before it."""

from __future__ import annotations

import itertools
from typing import Any

from app.messages import commands
from tests.torture.planted import drop_unique
from wsgi import app

__all__ = ["app"]

EVERY = 20
_right = commands._store
_numbers = itertools.count(1)


def _store(session: Any, actor: Any, membership: Any, given: Any, body_hash: Any) -> Any:
    if next(_numbers) % EVERY == 0 and membership.conversation.last_seq > 0:
        membership.conversation.last_seq -= 1
    return _right(session, actor, membership, given, body_hash)


drop_unique("messages", "conversation_id, seq")
commands._store = _store
