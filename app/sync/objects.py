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
    """The cursor of the next request, once this page has been applied whole."""
    has_more: bool
    """Whether more changes follow: request again with ``cursor``."""
    reset: bool
    """The cursor cannot be served: discard all state, read it anew, continue from ``cursor``."""


# One list for each kind of the features that take part.
assert KINDS, "app.features.load() declares them"
_LISTS: dict[str, Any] = {kind.key: (GenericAlias(list, (kind.item,)), ...) for kind in KINDS}
Changes = create_model(
    "Changes",
    __base__=_Page,
    __doc__="All changes for a user after a cursor.",
    **_LISTS,
)


class Ready(Output):
    """The first event of an accepted connection."""

    user: User
    cursor: Revision
    """The cursor to sync from, for a client that reads its state anew after this event."""
    unread_total: Count
    """Unread messages in all conversations, archived and muted ones included."""
    online_user_ids: list[Id]
    """The users online among those who share a conversation with this one."""
    token_expires_at: Moment
    server_time: Moment
