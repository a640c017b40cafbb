"""Rate limits, shared by all transports."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.errors import N_, PalabreError
from config import Settings


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate limit. ``counted`` describes its uses, in Markdown, for docs/protocol.md."""

    item: RateLimitItem
    counted: str


# Generous for people, narrow for runaway programs.
LIMITS = {
    "event": Rate(parse("300 per 10 seconds"), "every client event, of either namespace"),
    "send": Rate(parse("60 per 10 seconds"), "sending messages, by socket or REST"),
    "write": Rate(
        parse("60 per 10 seconds"),
        "every other change, by socket or REST: read marks, edits, deletions, conversations, "
        "products, lessons, contact requests, blocks",
    ),
    "typing": Rate(parse("30 per 10 seconds"), "`typing`"),
    "sync": Rate(parse("60 per 10 seconds"), "`sync` and `GET /changes`"),
    "sign_in": Rate(
        parse("10 per minute"),
        "sign-in attempts, per e-mail address and network address together",
    ),
    "sign_in_address": Rate(parse("100 per minute"), "sign-in attempts, per network address"),
    "register": Rate(parse("30 per minute"), "new accounts, per network address"),
}

LONGEST_PERIOD = max(rate.item.get_expiry() for rate in LIMITS.values())


class LocalWindows:
    """Moving windows of a single process, on the monotonic clock.

    The library's memory storage reads the wall clock, which may jump. It also starts timer threads,
    which is impossible inside the event loop.
    """

    def __init__(self) -> None:
        self._uses: dict[tuple[str, ...], deque[float]] = {}
        self._sweep_at = 0.0

    def wait(self, item: RateLimitItem, *key: str) -> float:
        """Counts one use and returns 0, or returns the seconds until the next is allowed."""
        now, period = time.monotonic(), item.get_expiry()
        if now >= self._sweep_at:
            self._sweep(now)
        uses = self._uses.get(key)
        if uses is None:
            uses = self._uses[key] = deque()
        while uses and uses[0] <= now - period:
            uses.popleft()
        if len(uses) >= item.amount:
            return uses[0] + period - now
        uses.append(now)
        return 0.0

    def _sweep(self, now: float) -> None:
        """Drops keys unused for ``LONGEST_PERIOD``."""
        self._sweep_at = now + LONGEST_PERIOD
        idle = [key for key, uses in self._uses.items() if uses[-1] <= now - LONGEST_PERIOD]
        for key in idle:
            del self._uses[key]


class SharedWindows:
    """Moving windows shared by several processes, in Redis."""

    def __init__(self, url: str) -> None:
        self._strategy = MovingWindowRateLimiter(storage_from_string(url))

    def wait(self, item: RateLimitItem, *key: str) -> float:
        """Counts one use and returns 0, or returns the seconds until the next is allowed."""
        if self._strategy.hit(item, *key):
            return 0.0
        reset = self._strategy.get_window_stats(item, *key).reset_time
        return max(reset - time.time(), 0.001)


class _Bound:
    windows: LocalWindows | SharedWindows | None = None


def init(settings: Settings) -> None:
    """Selects memory, or Redis when several processes share the limits."""
    if not settings.ratelimit_enabled:
        _Bound.windows = None
    elif settings.redis_url:
        _Bound.windows = SharedWindows(settings.redis_url)
    else:
        _Bound.windows = LocalWindows()


def spend(name: str, *who: object) -> None:
    """Counts one use of a limit; raises ``rate_limited`` with ``retry_after`` when it is used up."""
    if _Bound.windows is None:
        return
    wait = _Bound.windows.wait(LIMITS[name].item, name, *map(str, who))
    if wait:
        raise PalabreError(
            "rate_limited",
            N_("Too many attempts. Try again in a moment."),
            None,
            math.ceil(wait),
        )
