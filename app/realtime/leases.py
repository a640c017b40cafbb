"""Presence from leases: one per connection, renewed while it lives.

A user is online while any of their leases runs. A second tab changes nothing, and a lease that is not
renewed (a crash) ends by itself. Several processes share their leases through Redis. Look-ups stay in
memory all the same, because every view of a user needs one.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import cast

import redis

LEASE_SECONDS = 60.0
SHARED_KEY = "palabre:leases"  # a sorted set: "user:holder" → unix time of the lease's end


class Leases:
    """The leases of this process, and a copy of the users online in others."""

    def __init__(self) -> None:
        self._ends: dict[int, dict[str, float]] = defaultdict(dict)
        self._last_seen: dict[int, str | None] = {}
        self._redis: redis.Redis | None = None
        self._elsewhere: frozenset[int] = frozenset()

    def share(self, url: str) -> None:
        """Shares the leases with other processes from now on."""
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self.refresh()

    def hold(self, user_id: int, holder: str) -> None:
        """Begins or renews the lease of one connection."""
        self._ends[user_id][holder] = time.monotonic() + LEASE_SECONDS
        if self._redis is not None:
            with suppress(redis.RedisError):
                end = time.time() + LEASE_SECONDS
                self._redis.zadd(SHARED_KEY, {f"{user_id}:{holder}": end})

    def release(self, user_id: int, holder: str) -> None:
        """Ends the lease of one connection."""
        self._drop(user_id, holder)
        if self._redis is not None:
            with suppress(redis.RedisError):
                self._redis.zrem(SHARED_KEY, f"{user_id}:{holder}")
            self.refresh()

    def is_online(self, user_id: int) -> bool:
        """Whether any lease of a user runs. Cheap, and safe to call from any thread."""
        return user_id in self._ends or user_id in self._elsewhere

    def online(self) -> Collection[int]:
        """Returns the users who are online; a live view that must not be kept."""
        here = self._ends.keys()
        return here | self._elsewhere if self._elsewhere else here

    def online_among(self, user_ids: Iterable[int]) -> set[int]:
        """Returns those of some users who are online."""
        return {user_id for user_id in user_ids if self.is_online(user_id)}

    def note_last_seen(self, user_id: int, moment: str | None) -> None:
        """Remembers when a user disconnected, for views that were built while they were online."""
        self._last_seen[user_id] = moment

    def last_seen(self, user_id: int, stored: str | None) -> str | None:
        """Returns when an offline user was last online; ``stored`` is the value of an earlier view."""
        return self._last_seen.get(user_id, stored)

    def expire(self) -> set[int]:
        """Ends leases that have run out; returns the users who are offline now.

        Of several processes, only the one that removed a lease returns its user.
        """
        now = time.monotonic()
        ended = set()
        for user_id, held in list(self._ends.items()):
            for holder in [holder for holder, end in held.items() if end < now]:
                self._drop(user_id, holder)
                ended.add(user_id)
        ended |= self._expire_shared()
        self.refresh()
        return {user_id for user_id in ended if not self.is_online(user_id)}

    def refresh(self) -> None:
        """Copies the users online in any process. While Redis is unreachable, the last copy stays."""
        if self._redis is None:
            return
        with suppress(redis.RedisError):
            members = cast("list[bytes]", self._redis.zrange(SHARED_KEY, 0, -1))
            self._elsewhere = frozenset(map(_user_of, members))

    def _expire_shared(self) -> set[int]:
        if self._redis is None:
            return set()
        with suppress(redis.RedisError):
            late = cast("list[bytes]", self._redis.zrangebyscore(SHARED_KEY, "-inf", time.time()))
            return {_user_of(member) for member in late if self._redis.zrem(SHARED_KEY, member)}
        return set()

    def _drop(self, user_id: int, holder: str) -> None:
        held = self._ends.get(user_id, {})
        held.pop(holder, None)
        if not held:
            self._ends.pop(user_id, None)


def _user_of(member: bytes) -> int:
    return int(member.split(b":")[0])


leases = Leases()
