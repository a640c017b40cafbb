"""``ready`` when a connection begins, and ``sync``: changes after a cursor."""

from __future__ import annotations

from typing import Any

from app.accounts.access import access_profile
from app.conversations.queries import peers_among, unread_total
from app.realtime.connection import Connection
from app.realtime.leases import leases
from app.realtime.lifecycle import ConnectionListener, lifecycle
from app.realtime.publisher import publisher
from app.realtime.registry import on
from app.realtime.wire import TALEMY
from app.store import store
from app.store.revision import current_revision
from app.store.types import iso, now_ms
from app.sync import queries
from app.sync.events import READY
from app.sync.objects import Changes
from app.sync.schemas import Sync


@on("sync", Sync, Changes, limit="sync")
@on("sync", Sync, Changes, namespace=TALEMY, limit="sync")
def sync(connection: Connection, payload: Sync) -> dict[str, Any]:
    """Returns all changes for this user after a cursor."""
    with store.reading() as session:
        return queries.replay(session, connection.actor, payload.after)


class ReadySender(ConnectionListener):
    """Sends ``ready``, the first event of every connection."""

    def accepted(self, connection: Connection) -> None:
        """Sends the user, the cursor, the unread total and the peers who are online."""
        with store.reading() as session:
            user_id = connection.actor.user_id
            payload = {
                "user": access_profile(session, user_id),
                "cursor": current_revision(session),
                "unread_total": unread_total(session, user_id),
                "online_user_ids": sorted(peers_among(session, user_id, leases.online())),
                "token_expires_at": iso(int(connection.expires_at * 1000)),
                "server_time": iso(now_ms()),
            }
        publisher.tell(connection, READY, payload)


lifecycle.listen(ReadySender())
