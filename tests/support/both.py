"""One websocket that carries both namespaces, with the official client."""

from __future__ import annotations

import threading
from typing import Any

import socketio

from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import OfficialClient, Person, Socket

NAMESPACES = ("/", "/talemy")


class Half(Socket):
    """One of two namespaces on a shared websocket, with the events that it receives."""

    def __init__(self, client: socketio.Client, namespace: str) -> None:
        self.namespace = namespace
        self.client = client
        self.heard: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        client.on("*", self._hear, namespace=namespace)
        client.on("disconnect", lambda *_: self._hear("disconnect", None), namespace=namespace)


def connect_both(person: Person, token: str | None = None) -> tuple[Half, Half]:
    """Connects a websocket to ``/`` and ``/talemy``; returns both after their ``ready``."""
    client = OfficialClient(reconnection=False)
    marketplace, talemy = (Half(client, namespace) for namespace in NAMESPACES)
    client.connect(
        person.server.url,
        auth={"token": token or person.token},
        namespaces=list(NAMESPACES),
        transports=["websocket"],
        wait_timeout=PATIENCE_SECONDS,
    )
    for half in (marketplace, talemy):
        person.sockets.append(half)
        half.wait_for("ready")
    return marketplace, talemy
