"""Conversation lists, kept five minutes per person, and never stale after a change.

The key holds the revision of the last change to the person's list. A change moves them to another
key before anybody is told of it, so a reader who loaded just before a commit stores yesterday's
list under yesterday's key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from app.extensions import cache
from app.presence.leases import leases

LIFETIME_SECONDS = 300

View = dict[str, Any]


class ListVersions:
    """The revision of the last change to each person's conversation list, in this process."""

    def __init__(self) -> None:
        self._changed: dict[int, int] = {}

    def forget(self, user_ids: Iterable[int], revision: int) -> None:
        """The lists of these people are no longer what they were."""
        for user_id in user_ids:
            self._changed[user_id] = revision

    def of(self, user_id: int) -> int:
        """The version a list loaded from now on belongs to."""
        return self._changed.get(user_id, 0)


versions = ListVersions()


def cached_list(user_id: int, question: str, load: Callable[[], View]) -> View:
    """The answer to a question about someone's list, from the cache or loaded now."""
    key = f"conversations:{user_id}:{versions.of(user_id)}:{question}"
    found = cast("View | None", cache.get(key))
    if found is None:
        found = load()
        cache.set(key, found, timeout=LIFETIME_SECONDS)
    return with_presence(found)


def with_presence(page: View) -> View:
    """The same page with everybody's presence as it is now: that changes without a revision."""
    return {**page, "items": [_conversation(item) for item in page["items"]]}


def _conversation(view: View) -> View:
    people = [{**person, "user": _person(person["user"])} for person in view["participants"]]
    return {**view, "participants": people}


def _person(user: View) -> View:
    online = leases.is_online(user["id"])
    last_seen = None if online else leases.last_seen(user["id"], user["last_seen_at"])
    return {**user, "online": online, "last_seen_at": last_seen}
