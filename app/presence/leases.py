"""Who is online: one lease per connection, renewed while it lives.

A person is online while any lease of theirs runs. A second tab changes nothing, and a lease that
nobody renews (a crash) ends by itself.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable

LEASE_SECONDS = 60.0


class MemoryLeases:
    """The leases of a single process."""

    def __init__(self) -> None:
        self._ends: dict[int, dict[str, float]] = defaultdict(dict)
        self._last_seen: dict[int, str | None] = {}

    def hold(self, user_id: int, holder: str) -> None:
        """Begin or renew the lease of one connection."""
        self._ends[user_id][holder] = time.monotonic() + LEASE_SECONDS

    def release(self, user_id: int, holder: str) -> None:
        """End the lease of one connection."""
        held = self._ends.get(user_id, {})
        held.pop(holder, None)
        if not held:
            self._ends.pop(user_id, None)

    def is_online(self, user_id: int) -> bool:
        """Whether any lease of this person runs. Cheap, and safe to call from any thread."""
        return user_id in self._ends

    def online_among(self, user_ids: Iterable[int]) -> set[int]:
        """Those of some people who are online."""
        return {user_id for user_id in user_ids if self.is_online(user_id)}

    def note_last_seen(self, user_id: int, moment: str | None) -> None:
        """Remember when someone went, for views that were built while they were here."""
        self._last_seen[user_id] = moment

    def last_seen(self, user_id: int, stored: str | None) -> str | None:
        """When someone who is offline was last here; ``stored`` is what an earlier view said."""
        return self._last_seen.get(user_id, stored)

    def expire(self) -> list[int]:
        """Drop leases that have run out; returns the people who are offline by that."""
        now = time.monotonic()
        gone = []
        for user_id, held in list(self._ends.items()):
            for holder in [holder for holder, end in held.items() if end < now]:
                self.release(user_id, holder)
            if user_id not in self._ends:
                gone.append(user_id)
        return gone


leases = MemoryLeases()
