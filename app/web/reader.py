"""The user who reads a page: accounts recognise them, and the pages of every feature ask here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask, current_app, g

from app.actor import Actor
from app.errors import N_, PalabreError

_EXTENSION = "palabre.reader"


class Reader(NamedTuple):
    """A signed-in user: the actor for commands, and the User for templates."""

    actor: Actor
    person: dict[str, Any]


Recognise = Callable[[], Reader | None]


def init_app(app: Flask, recognise: Recognise) -> None:
    """Let ``recognise`` find the reader of a request, from its cookies."""
    app.extensions[_EXTENSION] = recognise


def identify() -> None:
    """Recognise the reader, once a request: fills ``g.page_actor`` and ``g.me``."""
    recognise: Recognise = current_app.extensions[_EXTENSION]
    g.page_actor, g.me = recognise() or (None, None)


def reader() -> Actor | None:
    """The signed-in reader, or ``None``."""
    actor: Actor | None = g.get("page_actor")
    return actor


def signed_in_reader() -> Actor:
    """The signed-in reader; raises ``unauthenticated``."""
    actor = reader()
    if actor is None:
        raise PalabreError("unauthenticated", N_("Sign in to continue."))
    return actor
