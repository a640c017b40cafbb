"""Sends this process's connections the stored changes after a missed announcement.

Reads *changes after a cursor*, the query of clients, for each user connected here. The changes are
sent as the events the clients would have received. Receiving an event twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.actor import Actor
from app.conversations.cache import lists
from app.realtime.announcement import announce
from app.realtime.connection import connections
from app.realtime.doorbell import MissedChanges
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.wire import person
from app.store import store
from app.store.changes import KINDS
from app.store.revision import current_revision
from app.sync.queries import changes

View = dict[str, Any]


class StoredChanges(MissedChanges):
    """The changes of other processes, read from the database."""

    def current_revision(self) -> int:
        """Returns the revision of the last committed change."""
        with store.reading() as session:
            return current_revision(session)

    def catch_up(self, after: int) -> int:
        """Sends every client of this process the changes after a revision; returns the one reached."""
        reached = self.current_revision()
        for user_id in {connection.actor.user_id for connection in connections.all()}:
            lists.forget({user_id})
            for events in _missed(user_id, after):
                publisher.deliver(map(announce, events), only=person(user_id))
        return reached


def _missed(user_id: int, after: int) -> Iterator[list[Event]]:
    """Yields the events that a user has missed, page by page."""
    more = True
    while more:
        with store.reading() as session:
            page = changes(session, Actor(user_id, ""), after)
            events = [
                event
                for kind in KINDS
                for event in kind.events(session, user_id, page[kind.key], page["cursor"])
            ]
        yield events
        after, more = page["cursor"], page["has_more"]
