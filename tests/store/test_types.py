"""Times as they are on the wire."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from app.store.types import iso

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 253_402_300_799_999  # the last millisecond of the year 9999


def test_a_time_is_written_as_the_standard_library_writes_it() -> None:
    chance = random.Random(1)
    moments = [0, 999, 1000, 86_399_999, 86_400_000, 951_782_400_000, LAST]
    moments += [chance.randrange(-(10**12), 10**13) for _ in range(5000)]
    for moment in moments:
        written = (EPOCH + timedelta(milliseconds=moment)).isoformat(timespec="milliseconds")
        assert iso(moment) == written.replace("+00:00", "Z")


def test_no_time_is_nothing() -> None:
    assert iso(None) is None
