"""Conversation lists, kept five minutes per person, and never stale after a change.

The key holds the revision of the last change to the person's list. A change moves them to another
key before anybody is told of it, so a reader who loaded just before a commit stores yesterday's
list under yesterday's key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import redis

from app.extensions import cache
from app.presence.leases import leases

LIFETIME_SECONDS = 300

View = dict[str, Any]


class ListVersions:
    """The revision of the last change to each person's conversation list, in a single process."""

    def __init__(self) -> None:
        self._changed: dict[int, int] = {}

    def forget(self, changed: dict[int, int]) -> None:
        """The lists of these people are no longer what they were: user id → revision."""
        self._changed.update(changed)

    def of(self, user_id: int) -> int | None:
        """The version a list loaded from now on belongs to, or ``None`` if nobody can tell."""
        return self._changed.get(user_id, 0)


class SharedListVersions:
    """The same for several processes, in Redis. While Redis cannot be reached nothing is cached."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._owed: dict[int, int] = {}

    def forget(self, changed: dict[int, int]) -> None:
        """The lists of these people are no longer what they were: user id → revision."""
        self._owed.update(changed)
        self._pay()

    def of(self, user_id: int) -> int | None:
        """The version a list loaded from now on belongs to, or ``None`` if nobody can tell."""
        if not self._pay():
            return None
        try:
            return int(cast("bytes | None", self._redis.get(_version_key(user_id))) or 0)
        except redis.RedisError:
            return None

    def _pay(self) -> bool:
        """Write what could not be written before; whether nothing is owed any more."""
        if not self._owed:
            return True
        owed, self._owed = self._owed, {}
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for user_id, revision in owed.items():
                    # Longer than any list it might belong to.
                    pipe.set(_version_key(user_id), revision, ex=2 * LIFETIME_SECONDS)
                pipe.execute()
        except redis.RedisError:
            self._owed = {**owed, **self._owed}
            return False
        return True


class _Bound:
    versions: ListVersions | SharedListVersions = ListVersions()


def init(redis_url: str | None) -> None:
    """Keep the versions where every process finds them."""
    _Bound.versions = SharedListVersions(redis_url) if redis_url else ListVersions()


def forget(changed: dict[int, int]) -> None:
    """The lists of these people are no longer what they were: user id → revision."""
    _Bound.versions.forget(changed)


def cached_list(user_id: int, question: str, load: Callable[[], View]) -> View:
    """The answer to a question about someone's list, from the cache or loaded now."""
    version = _Bound.versions.of(user_id)
    if version is None:
        return load()
    key = f"conversations:{user_id}:{version}:{question}"
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


def _version_key(user_id: int) -> str:
    return f"palabre:list:{user_id}"
