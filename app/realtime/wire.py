"""Events of the server on the wire: their declarations, and single messages with their rooms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pydantic import BaseModel

MARKETPLACE = "/"
TALEMY = "/talemy"

NAMESPACES = (MARKETPLACE, TALEMY)

Room = str
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class ServerEvent:
    """An event that the server sends: the one place of its wire name, with the shape of its payload.

    ``namespace`` is the one whose rooms receive it. An event that is sent to single connections is declared
    by :func:`on_every_namespace`.
    """

    namespace: str
    name: str
    model: type[BaseModel]

    def __post_init__(self) -> None:
        key = (self.namespace, self.name)
        assert key not in SERVER_EVENTS, f"{self.name} is declared twice on {self.namespace}"
        SERVER_EVENTS[key] = self


# Every declared event, for the catalogue and for announcements from other processes.
SERVER_EVENTS: dict[tuple[str, str], ServerEvent] = {}
ByNamespace = Mapping[str, ServerEvent]


def on_every_namespace(name: str, model: type[BaseModel]) -> ByNamespace:
    """Declares one event on each namespace; returns the declarations by namespace."""
    return {namespace: ServerEvent(namespace, name, model) for namespace in NAMESPACES}


@dataclass(
    slots=True
)  # not frozen: creation would take three times as long, and a message has four
class Wire:
    """A message to every connection in any of ``rooms`` that is not in ``except_room``.

    A costly payload is given as a function, which is called only if a connection is listening.
    """

    event: ServerEvent
    payload: Payload | Callable[[], Payload]
    rooms: tuple[Room, ...]
    except_room: Room | None = None

    def content(self) -> Payload:
        """Returns the payload itself."""
        return self.payload() if callable(self.payload) else self.payload


@dataclass(slots=True)
class PersonalWire:
    """The same event to many users, each with a payload of their own."""

    event: ServerEvent
    payload_of: Callable[[int], Payload]
    people: frozenset[int]
    except_room: Room | None = None

    def to(self, user_id: int) -> Wire:
        """Returns the message to one of them."""
        payload = partial(self.payload_of, user_id)
        return Wire(self.event, payload, (person(user_id),), self.except_room)


def person(user_id: int) -> Room:
    """Every connection of one person."""
    return f"user:{user_id}"


def joined(conversation_id: int) -> Room:
    """Every connection that has joined one conversation."""
    return f"conversation:{conversation_id}"


def camel(key: str) -> str:
    """``"reply_to_id"`` → ``"replyToId"``; a name without underscores stays what it is."""
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def camelize(value: Any) -> Any:
    """The same object with camelCase keys, all the way down, for ``/talemy``."""
    if isinstance(value, dict):
        return {_known_camel(key): camelize(item) for key, item in value.items()}
    if isinstance(value, list):
        return [camelize(item) for item in value]
    return value


def decamelize(value: Any) -> Any:
    """The top-level keys of a ``/talemy`` payload in snake_case."""
    if not isinstance(value, dict):
        return value
    return {_snake(key): item for key, item in value.items()}


# Our own keys are few, and every message to /talemy needs them.
_known_camel = lru_cache(maxsize=1024)(camel)


def _snake(key: Any) -> Any:
    return (
        re.sub(r"(?<!^)([A-Z])", lambda match: "_" + match[1].lower(), key)
        if isinstance(key, str)
        else key
    )
