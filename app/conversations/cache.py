"""Caches serialised conversation lists per user for five minutes, and never serves a stale one.

A list is cached with the version of the user's lists under which it was loaded. A change ends the
version before its events are published. A list loaded just before the commit is therefore stored
under a version that no later request uses. Versions exist only for users with a cached list, so a
change to 1,000 lists costs nothing for the rest.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, NamedTuple, cast

import orjson
import redis

from app.extensions import cache
from app.realtime.announcement import Publication, PublicationListener, lists_changed
from app.realtime.leases import leases

LIFETIME_SECONDS = 300

View = dict[str, Any]
# Stands for presence in a cached list. JSON never contains this byte.
_GAP = b"\0"


class Kept(NamedTuple):
    """A cached list: JSON with a gap for each participant's presence, and the users of the gaps."""

    version: int | str
    body: bytes
    people: list[tuple[int, str | None]]  # with ``last_seen_at`` as of loading


class ListVersions:
    """The current list version of each user with a cached list, in the memory of one process."""

    def __init__(self) -> None:
        self._present: dict[int, int] = {}
        self._next = count(1)

    def forget(self, changed: set[int]) -> None:
        """Ends the versions of these users' lists."""
        for user_id in self._present.keys() & changed:
            del self._present[user_id]

    def of(self, user_id: int) -> int | None:
        """Returns the version of a list loaded from now on, or ``None`` if it is unknown."""
        found = self._present.get(user_id)
        if found is None:
            found = self._present[user_id] = next(self._next)
        return found


class SharedListVersions:
    """The list versions in Redis, for several processes. If Redis is down, nothing is cached."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._owed: set[int] = set()

    def forget(self, changed: set[int]) -> None:
        """Ends the versions of these users' lists."""
        self._owed |= changed
        self._pay()

    def of(self, user_id: int) -> str | None:
        """Returns the version of a list loaded from now on, or ``None`` if it is unknown."""
        if not self._pay():
            return None
        key = _version_key(user_id)
        try:
            # The version must outlive every list cached under it.
            self._redis.set(key, secrets.token_hex(8), nx=True, ex=2 * LIFETIME_SECONDS)
            found = cast("bytes | None", self._redis.get(key))
        except redis.RedisError:
            return None
        return found.decode() if found else None

    def _pay(self) -> bool:
        """Ends the versions that Redis could not delete before; returns whether none is left."""
        if not self._owed:
            return True
        owed, self._owed = self._owed, set()
        try:
            self._redis.delete(*map(_version_key, owed))
        except redis.RedisError:
            self._owed |= owed
            return False
        return True


class ConversationLists(PublicationListener):
    """The cached lists of this process's users."""

    def __init__(self) -> None:
        self._versions: ListVersions | SharedListVersions = ListVersions()

    def bind(self, redis_url: str | None) -> None:
        """Keeps the versions in Redis, shared by all processes, or else in memory."""
        self._versions = SharedListVersions(redis_url) if redis_url else ListVersions()

    def published(self, publication: Publication) -> None:
        """Forgets the lists that a publication has changed."""
        self.forget(lists_changed(publication.events))

    def forget(self, changed: set[int]) -> None:
        """Forgets the lists of some users."""
        self._versions.forget(changed)

    def cached(self, user_id: int, question: str, load: Callable[[], View]) -> bytes:
        """Returns the answer to a question about a user's lists as JSON, cached or loaded now."""
        version = self._versions.of(user_id)
        if version is None:
            return orjson.dumps(load())
        key = f"conversations:{user_id}:{question}"
        kept = cast("Kept | None", cache.get(key))
        if kept is None or kept.version != version:
            kept = Kept(version, *_with_gaps(load()))
            cache.set(key, kept, timeout=LIFETIME_SECONDS)
        return _filled(kept)


def _with_gaps(page: View) -> tuple[bytes, list[tuple[int, str | None]]]:
    """Returns a page as JSON with gaps for presence, which changes without a revision."""
    people: list[tuple[int, str | None]] = []
    items = [
        {**view, "participants": [_without_presence(each, people) for each in view["participants"]]}
        for view in page["items"]
    ]
    return orjson.dumps({**page, "items": items}), people


def _without_presence(participant: View, people: list[tuple[int, str | None]]) -> View:
    user = {**participant["user"], "online": orjson.Fragment(_GAP)}
    people.append((user["id"], user.pop("last_seen_at")))
    return {**participant, "user": user}


def _filled(kept: Kept) -> bytes:
    """Returns the JSON of a cached page with the current presence in its gaps."""
    first, *rest = kept.body.split(_GAP)
    return b"".join((first, *_alternating(map(_presence, kept.people), rest)))


def _presence(person: tuple[int, str | None]) -> bytes:
    user_id, stored = person
    if leases.is_online(user_id):
        return b'true,"last_seen_at":null'
    return b'false,"last_seen_at":' + orjson.dumps(leases.last_seen(user_id, stored))


def _alternating(ones: Iterable[bytes], others: Iterable[bytes]) -> Iterable[bytes]:
    return (part for pair in zip(ones, others, strict=True) for part in pair)


def _version_key(user_id: int) -> str:
    return f"palabre:list:{user_id}"


lists = ConversationLists()
