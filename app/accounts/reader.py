"""Recognises the reader of a page by their cookies."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_jwt_extended.config import config as jwt_config

from app.accounts.access import access_user
from app.accounts.bearer import live_actor
from app.accounts.cookies import renew_for_page
from app.accounts.queries import user_view
from app.accounts.tokens import read_token, settings
from app.actor import Actor
from app.errors import PalabreError
from app.store import store
from app.web.reader import Reader


def recognise() -> Reader | None:
    """Returns the reader by their access cookie, else by their refresh cookie, which is renewed."""
    actor = _from_access_cookie() or _from_refresh_cookie()
    return Reader(actor, _person(actor)) if actor else None


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


def _person(actor: Actor) -> dict[str, Any]:
    with store.reading() as session:
        user = access_user(session, actor.user_id)
        return {**user_view(user), "email": user.email, "locale": user.locale}
