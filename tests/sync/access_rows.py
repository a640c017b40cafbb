"""The access matrix of synchronisation, which shows each user their own changes."""

from __future__ import annotations

from tests.access.rows import event, rest
from tests.support.matrix import NOTHING

EVENTS = [
    event(("/", "sync"), lambda _: {"after": 0}, "ok"),
    event(("/", "sync"), lambda _: {"after": NOTHING}, "ok", note="from a cursor never given"),
    event(("/talemy", "sync"), lambda _: {"after": 0}, "ok"),
]

REST = [rest("GET", "/changes", "200", query="after=0")]
