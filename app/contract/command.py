"""The declaration of a command: the rate limits it spends, and the errors it raises.

Every transport reads it: REST and pages before they run the command, sockets in dispatch, and
OpenAPI for the responses of an operation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from app import limits
from app.actor import Actor

Command = Callable[..., Any]
Declared = TypeVar("Declared", bound=Command)
Key = Callable[[Any], tuple[object, ...]]


def by_user(actor: Actor) -> tuple[object, ...]:
    """Returns the key of limits that belong to the user, on every transport together."""
    return (actor.user_id,)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of ``app/limits.py``, and the key under which its uses are counted.

    ``key`` receives the actor; before sign-in there is none, and it receives the validated input.
    """

    name: str
    key: Key = by_user


@dataclass(frozen=True, slots=True)
class Terms:
    """The limits and the refusals of a command, or of a route that only reads."""

    limits: tuple[Limit, ...] = ()
    refuses: tuple[str, ...] = ()
    command: Command | None = None

    def spend(self, subject: Any) -> None:
        """Counts one use of every limit; raises ``rate_limited``."""
        for limit in self.limits:
            limits.spend(limit.name, *limit.key(subject))

    @property
    def codes(self) -> tuple[str, ...]:
        """The error codes to document."""
        limited = ("rate_limited",) if self.limits else ()
        return (*self.refuses, *limited, *(("unavailable",) if self.command else ()))


_TERMS: dict[Command, Terms] = {}
# The view functions of REST and of forms, by which the tests enumerate the routes.
ROUTES: dict[Callable[..., Any], Terms] = {}


def command(
    *, limit: str | tuple[Limit, ...] | None, refuses: tuple[str, ...] = ()
) -> Callable[[Declared], Declared]:
    """Declares a command. ``limit`` names a limit of its user, or lists limits with other keys;
    ``None`` leaves it unlimited. ``refuses`` are the error codes of its own.
    """
    spent = (Limit(limit),) if isinstance(limit, str) else limit or ()

    def declare(function: Declared) -> Declared:
        _TERMS[function] = Terms(spent, refuses, function)
        return function

    return declare


def terms(function: Command) -> Terms:
    """Returns the declaration of a command; raises ``KeyError`` when it has none."""
    return _TERMS[function]


def route_terms(
    command: Command | None, limit: str | None, refuses: tuple[str, ...] | None
) -> Terms:
    """Returns the terms of a route: those of its command, or of a read with its ``limit``.
    ``refuses`` replaces the command's, where the route cannot meet all of them.
    """
    declared = Terms((Limit(limit),) if limit else ()) if command is None else terms(command)
    return declared if refuses is None else replace(declared, refuses=refuses)
