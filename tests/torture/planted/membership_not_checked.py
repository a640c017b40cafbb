"""The bug: *changes after a cursor* gives everybody's messages to anybody who asks."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.messages.models import Message
from app.store.prepared import Prepared
from app.store.revision import page_of_changes
from app.sync import queries
from tests.support.quick import app

__all__ = ["app"]


_everybodys = Prepared(page_of_changes(select(Message.revision, Message.id), Message.revision))
queries.KINDS = tuple(
    replace(kind, changed=_everybodys) if number == 1 else kind
    for number, kind in enumerate(queries.KINDS)
)
assert queries.KINDS[1].name == "messages"
