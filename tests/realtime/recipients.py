"""What happens inside the server's process in the tests of whom a message reaches."""

from __future__ import annotations

from typing import Any

from app.actor import Actor
from app.extensions import socketio
from app.messages.events import MESSAGE_NOTIFICATION
from app.realtime.connection import Connection, connections
from app.realtime.recipients import FEW, RecipientCache
from app.realtime.wire import MARKETPLACE, PersonalWire

ROOM = "conversation:1"


def whom_it_reaches(_app: Any) -> Any:
    """Who is told of messages in a row, as people come, join, leave and go between them."""
    manager = socketio.server.manager
    people = frozenset(range(FEW + 2))
    audience = RecipientCache(manager)
    wire = PersonalWire(MESSAGE_NOTIFICATION, dict, people, ROOM)
    seen = []

    def look() -> None:
        seen.append(sorted(audience.of(wire)))

    here = {user_id: _connect(user_id) for user_id in sorted(people)[1:]}
    look()
    manager.basic_enter_room(here[1].sid, MARKETPLACE, ROOM)
    look()
    here[0] = _connect(0)
    look()
    manager.basic_leave_room(here[1].sid, MARKETPLACE, ROOM)
    look()
    manager.basic_enter_room(here[2].sid, MARKETPLACE, ROOM)
    look()
    connections.discard(MARKETPLACE, here[3].sid)
    look()
    manager.basic_disconnect(here[2].sid, MARKETPLACE)
    look()
    return seen


def _connect(user_id: int) -> Connection:
    eio, manager = socketio.server.eio, socketio.server.manager
    eio.sockets[f"transport {user_id}"] = object()
    sid = manager.pre_connect(f"transport {user_id}", MARKETPLACE)
    connection = Connection(MARKETPLACE, sid, f"transport {user_id}", Actor(user_id, "-"), 0, 0)
    connections.add(connection)
    return connection
