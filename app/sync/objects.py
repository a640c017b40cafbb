"""Synchronisation on the wire."""

from __future__ import annotations

from types import GenericAlias
from typing import Any

from pydantic import create_model

from app.accounts.objects import User
from app.contract.types import Count, Id, Moment, Output, Revision
from app.store.changes import KINDS


class _Page(Output):
    cursor: Revision
    """What to ask after next time, once this page has been applied whole."""
    has_more: bool
    """Ask again after ``cursor``."""
    reset: bool
    """The cursor cannot be served: forget everything, read anew, go on from ``cursor``."""


# One list for each kind of the features that take part.
assert KINDS, "app.features.load() declares them"
_LISTS: dict[str, Any] = {kind.key: (GenericAlias(list, (kind.item,)), ...) for kind in KINDS}
Changes = create_model(
    "Changes",
    __base__=_Page,
    __doc__="Everything that changed for someone after a cursor.",
    **_LISTS,
)


class Ready(Output):
    """The first thing an accepted connection hears."""

    user: User
    cursor: Revision
    """Where to sync from, for a client that reads everything anew after this."""
    unread_total: Count
    """Unread messages in all conversations, archived and muted ones included."""
    online_user_ids: list[Id]
    """Who of the people one shares a conversation with is online."""
    token_expires_at: Moment
    server_time: Moment
