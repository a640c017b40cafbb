"""The bug: *changes after a cursor* gives everybody's messages to anybody who asks."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.messages.models import Message
from app.store.types import AnySelect
from app.sync import queries
from wsgi import app

__all__ = ["app"]


def _changed(_user_id: int) -> AnySelect:
    return select(Message.revision, Message.id)


queries.KINDS = tuple(
    replace(kind, changed=_changed) if number == 1 else kind
    for number, kind in enumerate(queries.KINDS)
)
assert queries.KINDS[1].name == "messages"
