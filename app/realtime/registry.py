"""The client events: name, namespace, payload schema, handler. Features register theirs here.

The registry is what dispatch obeys and what the tests enumerate: an event that is not in it does
not exist, ``connect`` and ``disconnect`` included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from app.realtime.connection import Connection
from app.realtime.wire import MARKETPLACE

Schema = TypeVar("Schema", bound=BaseModel)
Handler = Callable[[Connection, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """One event a client may emit. ``limit`` names its rate limit in ``app/limits.py``."""

    namespace: str
    name: str
    schema: type[BaseModel]
    data: type[BaseModel]  # of the acknowledgement; for documents and tests, not checked here
    handler: Handler
    limit: str


REGISTRY: dict[tuple[str, str], ClientEvent] = {}


def on(
    name: str,
    schema: type[Schema],
    data: type[BaseModel],
    *,
    namespace: str = MARKETPLACE,
    limit: str = "event",
) -> Callable[[Callable[[Connection, Schema], dict[str, Any]]], Handler]:
    """Register a handler: it receives the connection and the validated payload, and returns the
    ``data`` of the acknowledgement. It may raise :class:`~app.errors.PalabreError`.
    """

    def register(handler: Callable[[Connection, Schema], dict[str, Any]]) -> Handler:
        key = (namespace, name)
        assert key not in REGISTRY, f"{name} is registered twice on {namespace}"
        REGISTRY[key] = ClientEvent(namespace, name, schema, data, handler, limit)
        return handler

    return register
