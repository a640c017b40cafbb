"""What happens inside the server's process in the tests of the cached list."""

from __future__ import annotations

import json
from typing import Any

from app.conversations.cache import lists
from app.realtime.leases import leases

BOB = 2


def _page(title: str) -> dict[str, Any]:
    user = {"id": BOB, "name": "Bob\0", "online": False, "last_seen_at": "yesterday"}
    return {"items": [{"title": title, "participants": [{"user": user}]}], "next_cursor": None}


def loads(_app: Any) -> Any:
    """The titles that a reader is given: first while a change is committed, then twice after it."""
    loaded = []

    def while_it_changes() -> dict[str, Any]:
        loaded.append("old")
        lists.forget({1})
        return _page("old")

    def afterwards() -> dict[str, Any]:
        loaded.append("new")
        return _page("new")

    given = [lists.cached(1, "-", load) for load in (while_it_changes, afterwards, afterwards)]
    return {"given": [json.loads(body)["items"][0]["title"] for body in given], "loaded": loaded}


def presence(_app: Any) -> Any:
    """Bob in the same cached list: away, then there."""
    away = lists.cached(1, "-", lambda: _page("Griots"))
    leases.hold(BOB, "a tab")
    there = lists.cached(1, "-", lambda: _page("not from the cache"))
    return [json.loads(body)["items"][0] for body in (away, there)]
