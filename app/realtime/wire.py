"""One message to clients: its namespace, name, payload, and the rooms it goes to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

MARKETPLACE = "/"
TALEMY = "/talemy"

Room = str
Payload = dict[str, Any]


@dataclass(slots=True)  # not frozen: that makes one three times as dear, and a message has four
class Wire:
    """What is sent once to every connection in any of ``rooms`` that is not in ``except_room``.

    A payload that costs something is given as a function, called only if somebody is listening.
    """

    namespace: str
    event: str
    payload: Payload | Callable[[], Payload]
    rooms: tuple[Room, ...]
    except_room: Room | None = None

    def content(self) -> Payload:
        """The payload itself."""
        return self.payload() if callable(self.payload) else self.payload


@dataclass(slots=True)
class PersonalWire:
    """The same message to many people, to each with a payload of their own."""

    namespace: str
    event: str
    payload_of: Callable[[int], Payload]
    people: frozenset[int]
    except_room: Room | None = None

    def to(self, user_id: int) -> Wire:
        """What one of them hears."""
        payload = partial(self.payload_of, user_id)
        return Wire(self.namespace, self.event, payload, (person(user_id),), self.except_room)


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
