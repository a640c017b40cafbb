"""A log that a hostile client cannot flood: one line per kind of event and period, with a count."""

from __future__ import annotations

import logging
import time

PERIOD = 10.0


class QuietLog:
    """Writes the first event of a kind at once, then at most one line per *period* and kind."""

    def __init__(self, logger: logging.Logger, period: float = PERIOD) -> None:
        self._logger = logger
        self._period = period
        self._silent_until: dict[str, float] = {}
        self._withheld: dict[str, int] = {}

    def warning(self, kind: str, detail: str = "") -> None:
        """Reports one event of *kind*; *kind* must come from the code, never from a client."""
        withheld = self._let_through(kind)
        if withheld is not None:
            self._logger.warning("%s%s%s", kind, _clean(detail), _and_more(withheld))

    def exception(self, kind: str) -> None:
        """Reports the exception being handled, with its traceback: for bugs, not for clients' errors."""
        withheld = self._let_through(kind)
        if withheld is not None:
            self._logger.error("%s%s", kind, _and_more(withheld), exc_info=True)

    def _let_through(self, kind: str) -> int | None:
        """Returns how many events of this kind were withheld before this one; ``None``: log nothing."""
        now = time.monotonic()
        if now < self._silent_until.get(kind, 0.0):
            self._withheld[kind] = self._withheld.get(kind, 0) + 1
            return None
        self._silent_until[kind] = now + self._period
        return self._withheld.pop(kind, 0)


def _clean(detail: str) -> str:
    """Returns at most 120 printable characters, so that clients cannot forge a log line."""
    text = "".join(c if c.isprintable() else "?" for c in detail[:120])
    return f": {text}" if text else ""


def _and_more(withheld: int) -> str:
    return f" ({withheld} more like this were not logged)" if withheld else ""
