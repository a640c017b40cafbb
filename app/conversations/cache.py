"""Conversation lists, kept five minutes per person as they go out, and never stale after a change.

Each is kept with the version of the person's lists that it was loaded under. A change ends the
version before anybody is told of it, so a reader who loaded just before a commit stores
yesterday's list under a version that nobody asks for any more. Only people who ask have a version:
a change of a thousand people's lists costs no more than those of them who are looking.
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
# Where presence goes in a kept list: the only byte that JSON never contains.
_GAP = b"\0"


class Kept(NamedTuple):
    """A list in the cache: JSON with a gap for each person's presence, and whose those are."""

    version: int | str
    body: bytes
    people: list[tuple[int, str | None]]  # and when they were last seen as far as was known then


class ListVersions:
    """The present version of the lists of whoever has asked for theirs, in a single process."""

    def __init__(self) -> None:
        self._present: dict[int, int] = {}
        self._next = count(1)

    def forget(self, changed: set[int]) -> None:
        """The lists of these people are no longer what they were."""
        for user_id in self._present.keys() & changed:
            del self._present[user_id]

    def of(self, user_id: int) -> int | None:
        """The version a list loaded from now on belongs to, or ``None`` if nobody can tell."""
        found = self._present.get(user_id)
        if found is None:
            found = self._present[user_id] = next(self._next)
        return found


class SharedListVersions:
    """The same for several processes, in Redis. While Redis cannot be reached nothing is cached."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._owed: set[int] = set()

    def forget(self, changed: set[int]) -> None:
        """The lists of these people are no longer what they were."""
        self._owed |= changed
        self._pay()

    def of(self, user_id: int) -> str | None:
        """The version a list loaded from now on belongs to, or ``None`` if nobody can tell."""
        if not self._pay():
            return None
        key = _version_key(user_id)
        try:
            # Longer than any list that belongs to it.
            self._redis.set(key, secrets.token_hex(8), nx=True, ex=2 * LIFETIME_SECONDS)
            found = cast("bytes | None", self._redis.get(key))
        except redis.RedisError:
            return None
        return found.decode() if found else None

    def _pay(self) -> bool:
        """End versions that could not be ended before; whether none is left."""
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
        """Keep the versions in Redis, where every process finds them, or in memory."""
        self._versions = SharedListVersions(redis_url) if redis_url else ListVersions()

    def published(self, publication: Publication) -> None:
        """Forget the lists that a publication has changed."""
        self.forget(lists_changed(publication.events))

    def forget(self, changed: set[int]) -> None:
        """Forget the lists of some users."""
        self._versions.forget(changed)

    def cached(self, user_id: int, question: str, load: Callable[[], View]) -> bytes:
        """Return the answer to a question about a user's lists as JSON, cached or loaded now."""
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
    """A page as JSON without anybody's presence: that changes without a revision."""
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
    """The same page with everybody's presence as it is now."""
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
