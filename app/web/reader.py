"""The reader of a page: recognised by accounts, used by the pages of all features."""

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
    """Registers ``recognise``, which finds the reader of a request from its cookies."""
    app.extensions[_EXTENSION] = recognise


def identify() -> None:
    """Recognises the reader, once a request, and sets ``g.page_actor`` and ``g.me``."""
    recognise: Recognise = current_app.extensions[_EXTENSION]
    g.page_actor, g.me = recognise() or (None, None)


def reader() -> Actor | None:
    """Returns the signed-in reader, or ``None``."""
    actor: Actor | None = g.get("page_actor")
    return actor


def signed_in_reader() -> Actor:
    """Returns the signed-in reader; raises ``unauthenticated``."""
    actor = reader()
    if actor is None:
        raise PalabreError("unauthenticated", N_("Sign in to continue."))
    return actor
