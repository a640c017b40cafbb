"""How often one person may do something, whichever transport they use."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.errors import N_, PalabreError
from config import Settings

# Generous for people, narrow for programs that run wild. Figures are in docs/protocol.md.
LIMITS: dict[str, RateLimitItem] = {
    "event": parse("300 per 10 seconds"),
    "send": parse("60 per 10 seconds"),
    "write": parse("60 per 10 seconds"),
    "typing": parse("30 per 10 seconds"),
    "sync": parse("60 per 10 seconds"),
    "sign_in": parse("10 per minute"),  # per e-mail address and network address
    "register": parse("30 per minute"),  # per network address
    "sign_in_address": parse("100 per minute"),  # per network address
}


class _Limits:
    strategy: MovingWindowRateLimiter | None = None


def init(settings: Settings) -> None:
    """Count in memory, or in Redis when several processes share the limits."""
    storage = storage_from_string(settings.redis_url or "memory://")
    _Limits.strategy = MovingWindowRateLimiter(storage) if settings.ratelimit_enabled else None


def spend(name: str, *who: object) -> None:
    """Count one use of a limit; raises ``rate_limited`` with ``retry_after`` when it is used up."""
    strategy, item = _Limits.strategy, LIMITS[name]
    if strategy is None or strategy.hit(item, name, *map(str, who)):
        return
    reset = strategy.get_window_stats(item, name, *map(str, who)).reset_time
    wait = max(1, math.ceil(reset - time.time()))
    raise PalabreError(
        "rate_limited", N_("That is too many requests at once; please wait a moment."), None, wait
    )
