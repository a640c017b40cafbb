"""Presence from connections: users come online with their first, and go some time after their last."""

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
from app.realtime.lifecycle import ConnectionListener, lifecycle
from app.realtime.publisher import publisher
from app.store import store
from app.store.types import iso
from app.transport.loop.periodic import every
from app.transport.loop.turns import turns

log = structlog.get_logger(__name__)

# A user who reconnects within this time stays online: pages reload, networks fail for a moment.
GRACE_SECONDS = 5.0
SHARED_LOOK_SECONDS = 2.0
TOGETHER = 100  # users in one command


class PresenceListener(ConnectionListener):
    """Holds a lease for every connection, and announces who comes online and goes offline."""

    def __init__(self) -> None:
        # End of the grace period, user, and id of each closed connection; in that order.
        self._leaving: deque[tuple[float, int, str]] = deque()
        self._offline: list[int] = []  # users whose absence has not been announced yet

    def accepted(self, connection: Connection) -> None:
        """Holds a lease for a connection; a user's first makes them online."""
        user_id = connection.actor.user_id
        already = leases.is_online(user_id)
        leases.hold(user_id, connection.sid)
        if not already:
            _publish(user_id, online=True, last_seen_at=None)

    def closed(self, connection: Connection) -> None:
        """Ends the lease after the grace period, unless the process ends first."""
        ends_at = time.monotonic() + GRACE_SECONDS
        self._leaving.append((ends_at, connection.actor.user_id, connection.sid))
        if len(self._leaving) == 1:
            gevent.spawn(self._end_leases)

    def keep_leases(self) -> None:
        """Renews the leases of open connections and ends forgotten ones."""
        for connection in connections.all():
            leases.hold(connection.actor.user_id, connection.sid)
        for user_id in leases.expire():
            self._gone(user_id)

    def release(self, user_id: int, holder: str) -> None:
        """Ends the lease of one connection; with their last, a user goes offline."""
        leases.release(user_id, holder)
        if not leases.is_online(user_id):
            self._gone(user_id)

    def _end_leases(self) -> None:
        """Ends the leases whose grace period is over: one greenlet for thousands of them."""
        while self._leaving:
            gevent.sleep(max(0.0, self._leaving[0][0] - time.monotonic()))
            while self._leaving and self._leaving[0][0] <= time.monotonic():
                _, user_id, holder = self._leaving.popleft()
                turns.spawn(self.release, user_id, holder)

    def _gone(self, user_id: int) -> None:
        self._offline.append(user_id)
        if len(self._offline) == 1:
            gevent.spawn(self._see_off)

    def _see_off(self) -> None:
        """Records and announces users who went offline, :data:`TOGETHER` at a time.

        A network failure disconnects thousands; a command for each would delay messages.
        """
        while self._offline:
            people = self._offline[:TOGETHER]
            moment = _record(people)
            for user_id in people:
                turns.spawn(_publish_offline, user_id, moment)
            del self._offline[: len(people)]  # only now: later ones take the next round


def share_leases(url: str) -> None:
    """Shares presence with the other processes, and reads theirs every two seconds."""
    leases.share(url)
    gevent.spawn(_refresh_forever)


def _refresh_forever() -> None:
    while True:
        gevent.sleep(SHARED_LOOK_SECONDS)
        leases.refresh()


def _record(people: list[int]) -> str | None:
    try:
        return iso(store.write(record_last_seen, people))
    except Exception:
        log.exception("last_seen_not_recorded", user_ids=people)
        return None


def _publish_offline(user_id: int, moment: str | None) -> None:
    if not leases.is_online(user_id):  # the user may have reconnected meanwhile
        leases.note_last_seen(user_id, moment)
        _publish(user_id, online=False, last_seen_at=moment)


def _publish(user_id: int, *, online: bool, last_seen_at: str | None) -> None:
    with store.reading() as session:
        audience = frozenset(peers_among(session, user_id, leases.online()))
    event = PresenceChanged(
        user_id=user_id, online=online, last_seen_at=last_seen_at, audience=audience
    )
    publisher.publish([event])


presence = PresenceListener()
lifecycle.listen(presence)
every(LEASE_SECONDS / 3)(presence.keep_leases)
