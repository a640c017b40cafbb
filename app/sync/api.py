"""REST: changes after a cursor."""

from __future__ import annotations

from typing import Any

from app.accounts.bearer import actor, blueprint
from app.store import store
from app.sync import queries
from app.sync.objects import Changes as ChangesBody
from app.sync.schemas import Changes

api = blueprint("sync", __name__)


@api.get("/changes", limit="sync", responses={200: ChangesBody})
def changes(query: Changes) -> Any:
    """Returns all changes for the caller after a cursor."""
    with store.reading() as session:
        return queries.replay(session, actor(), query.after, query.limit)
