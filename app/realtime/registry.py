"""The client events: name, namespace, payload schema, handler. Features register theirs here.

Dispatch refuses every event that is not in the registry, ``connect`` and ``disconnect`` included, and
the tests enumerate it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from app.contract.command import Command, terms
from app.realtime.connection import Connection
from app.realtime.wire import MARKETPLACE
from app.store.writer.jobs import Job

Schema = TypeVar("Schema", bound=BaseModel)
Answer = dict[str, Any] | Job  # the data of an acknowledgement, or the job that will yield it
Handler = Callable[[Connection, Any], Answer]


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """One event a client may emit. ``limit`` names its rate limit in ``app/limits.py``; a handler that
    ``writes`` only hands a command to the writer, and returns the job.
    """

    namespace: str
    name: str
    schema: type[BaseModel]
    data: type[BaseModel]  # of the acknowledgement; for documents and tests, not checked here
    handler: Handler
    limit: str
    writes: bool


REGISTRY: dict[tuple[str, str], ClientEvent] = {}


def on(
    name: str,
    schema: type[Schema],
    data: type[BaseModel],
    *,
    namespace: str = MARKETPLACE,
    command: Command | None = None,
    limit: str = "event",
) -> Callable[[Callable[[Connection, Schema], Answer]], Handler]:
    """Registers a handler. It receives the connection and the validated payload, and returns the
    ``data`` of the acknowledgement, or the job with that result. It may raise
    :class:`~app.errors.PalabreError`.

    A handler that changes something names the ``command`` it hands to the writer, and the event
    has that command's limit; ``limit`` is for the others.
    """
    if command is not None:
        (spent,) = terms(command).limits
        limit = spent.name

    def register(handler: Callable[[Connection, Schema], Answer]) -> Handler:
        key = (namespace, name)
        assert key not in REGISTRY, f"{name} is registered twice on {namespace}"
        writes = command is not None
        REGISTRY[key] = ClientEvent(namespace, name, schema, data, handler, limit, writes)
        return handler

    return register
