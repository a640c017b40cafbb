"""The bug: *changes after a cursor* gives everybody's messages to anybody who asks."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.messages.models import Message
from app.store import changes
from app.store.changes import page_of_changes
from app.store.prepared import Prepared
from tests.support.quick import app

__all__ = ["app"]


_everybodys = Prepared(page_of_changes(select(Message.revision, Message.id), Message.revision))
(_number,) = (number for number, kind in enumerate(changes.KINDS) if kind.key == "messages")
_right = changes.KINDS[_number]
changes.KINDS[_number] = replace(_right, changed=(_everybodys, *_right.changed[1:]))
