"""Who reads the page: from the access cookie, else renewed from the refresh cookie, else nobody."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_jwt_extended.config import config as jwt_config

from app.accounts.access import access_user
from app.accounts.bearer import live_actor
from app.accounts.cookies import renew_for_page
from app.accounts.queries import user_view
from app.accounts.tokens import read_token, settings
from app.actor import Actor
from app.errors import N_, PalabreError
from app.store import store

Person = dict[str, Any]


def identify() -> None:
    """Find out who is reading, once per request: fills ``g.page_actor`` and ``g.me``."""
    g.page_actor = _from_access_cookie() or _from_refresh_cookie()
    g.me = _person(g.page_actor) if g.page_actor else None


def reader() -> Actor | None:
    """The signed-in reader, or ``None``."""
    found: Actor | None = g.get("page_actor")
    return found


def signed_in_reader() -> Actor:
    """The signed-in reader; raises ``unauthenticated``."""
    found = reader()
    if found is None:
        raise PalabreError("unauthenticated", N_("Sign in to continue."))
    return found


def _from_access_cookie() -> Actor | None:
    token = request.cookies.get(jwt_config.access_cookie_name)
    if not token:
        return None
    try:
        return live_actor(read_token(settings(), token))
    except PalabreError:
        return None


def _from_refresh_cookie() -> Actor | None:
    renewed = renew_for_page()
    return renewed.actor if renewed else None


def _person(actor: Actor) -> Person:
    with store.reading() as session:
        user = access_user(session, actor.user_id)
        return {**user_view(user), "email": user.email, "locale": user.locale}
