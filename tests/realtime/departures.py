"""What happens inside the server's process when many people go at once."""

from __future__ import annotations

from typing import Any

import gevent

from app.accounts.commands import register
from app.accounts.models import User
from app.presence.events import PresenceChanged
from app.presence.sockets import presence
from app.realtime.leases import leases
from app.realtime.publisher import publisher
from app.store import store
from tests.support.commits import Commits

MANY = 350
BACK = 200  # who was gone for a moment only


def all_at_once(app: Any) -> Any:
    """Everybody's last connection ends in the same moment; one of them is back at once."""
    store.start(Commits())
    told: list[PresenceChanged] = []
    publisher.publish = told.extend  # type: ignore[assignment, method-assign]
    settings = app.config["SETTINGS"]
    alice = store.write(register, settings, "alice@example.org", "", "Alice", None)
    first, before = alice.actor.user_id, store.writer.stats.commands
    people = range(first, first + MANY)
    for user_id in people:
        leases.hold(user_id, "a tab")
    gone = [gevent.spawn(presence.release, user_id, "a tab") for user_id in people]
    gevent.joinall(gone)
    leases.hold(people[BACK], "another tab")
    while len(told) < MANY - 1:
        gevent.sleep(0.01)
    gevent.sleep(0.05)
    with store.reading() as session:
        recorded = session.get_one(User, first).last_seen_at
    return {
        "told": [event.user_id - first for event in told],
        "online": [event.user_id for event in told if event.online],
        "moments": len({event.last_seen_at for event in told}),
        "recorded": recorded is not None,
        "commands": store.writer.stats.commands - before,
    }
