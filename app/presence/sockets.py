"""Presence from connections: people come with their first, and go some time after their last."""

from __future__ import annotations

import time
from collections import deque

import gevent
import structlog

from app.conversations.queries import peers_among
from app.presence.commands import record_last_seen
from app.presence.events import PresenceChanged
from app.realtime.connection import Connection, connections
from app.realtime.leases import LEASE_SECONDS, leases
from app.realtime.lifecycle import on_accepted, on_closed
from app.realtime.publisher import publisher
from app.store import store
from app.store.types import iso
from app.transport.loop.turns import turns

log = structlog.get_logger(__name__)

# Somebody who comes back within this time was never gone: pages reload, networks hiccup.
GRACE_SECONDS = 5.0
SHARED_LOOK_SECONDS = 2.0
TOGETHER = 100  # people in one command

# When the grace period of a connection ends, whose it was, and its id; in that order.
_leaving: deque[tuple[float, int, str]] = deque()
_going: list[int] = []  # offline, and nobody has been told yet


@on_accepted
def arrive(connection: Connection) -> None:
    """A connection holds a lease; a person's first makes them online."""
    user_id = connection.actor.user_id
    already = leases.is_online(user_id)
    leases.hold(user_id, connection.sid)
    if not already:
        _tell(user_id, online=True, last_seen_at=None)


@on_closed
def depart(connection: Connection) -> None:
    """The lease ends after the grace period, unless the process ends first."""
    ends_at = time.monotonic() + GRACE_SECONDS
    _leaving.append((ends_at, connection.actor.user_id, connection.sid))
    if len(_leaving) == 1:
        gevent.spawn(_end_leases)


def keep_leases() -> None:
    """Renew the leases of living connections and end forgotten ones; runs for ever."""
    while True:
        gevent.sleep(LEASE_SECONDS / 3)
        for connection in connections.all():
            leases.hold(connection.actor.user_id, connection.sid)
        for user_id in leases.expire():
            _gone(user_id)


def share_leases(url: str) -> None:
    """Share who is online with the other processes, and look at theirs every other second."""
    leases.share(url)
    gevent.spawn(_look_at_others)


def _look_at_others() -> None:
    while True:
        gevent.sleep(SHARED_LOOK_SECONDS)
        leases.refresh()


def _end_leases() -> None:
    """One greenlet, not one for each of thousands, while somebody is in the grace period."""
    while _leaving:
        gevent.sleep(max(0.0, _leaving[0][0] - time.monotonic()))
        while _leaving and _leaving[0][0] <= time.monotonic():
            _, user_id, holder = _leaving.popleft()
            turns.spawn(_release, user_id, holder)


def _release(user_id: int, holder: str) -> None:
    leases.release(user_id, holder)
    if not leases.is_online(user_id):
        _gone(user_id)


def _gone(user_id: int) -> None:
    _going.append(user_id)
    if len(_going) == 1:
        gevent.spawn(_see_off)


def _see_off() -> None:
    """Record and tell who has gone: those of one moment together, for a network that fails takes
    thousands with it, and a command for each of them is what messages would wait for.
    """
    while _going:
        people = _going[:TOGETHER]
        moment = _record(people)
        for user_id in people:
            turns.spawn(_tell_gone, user_id, moment)
        del _going[: len(people)]  # only now: whoever goes meanwhile comes next


def _record(people: list[int]) -> str | None:
    try:
        return iso(store.write(record_last_seen, people))
    except Exception:
        log.exception("last_seen_not_recorded", user_ids=people)
        return None


def _tell_gone(user_id: int, moment: str | None) -> None:
    if not leases.is_online(user_id):  # they may have come back meanwhile
        leases.note_last_seen(user_id, moment)
        _tell(user_id, online=False, last_seen_at=moment)


def _tell(user_id: int, *, online: bool, last_seen_at: str | None) -> None:
    with store.reading() as session:
        audience = frozenset(peers_among(session, user_id, leases.online()))
    event = PresenceChanged(
        user_id=user_id, online=online, last_seen_at=last_seen_at, audience=audience
    )
    publisher.publish([event])
