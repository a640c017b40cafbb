"""Sign-in of REST requests: a bearer token, or the cookie with its CSRF value."""

from __future__ import annotations

import re
from typing import Any

from flask import g, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException
from jwt import PyJWTError

from app.accounts.queries import session_is_live
from app.accounts.tokens import actor_of, read_token, settings
from app.actor import Actor
from app.errors import N_, PalabreError
from app.http import rest
from app.http.body import MAX_BODY_BYTES
from app.http.openapi import SIGNED_IN
from app.store import store

_ONE_TOKEN = re.compile(r"[\w.-]+", re.ASCII)


def blueprint(name: str, import_name: str, *, max_body: int = MAX_BODY_BYTES) -> rest.RestBlueprint:
    """Returns a blueprint under ``/api/v1`` for signed-in users."""
    return rest.blueprint(
        name,
        import_name,
        security=SIGNED_IN,
        sign_in=require_actor,
        caller=actor,
        max_body=max_body,
    )


def require_actor() -> None:
    """Identifies the caller; raises ``unauthenticated``, ``token_expired`` or ``token_revoked``."""
    if request.method == "OPTIONS":  # a preflight carries no token
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer" and _ONE_TOKEN.fullmatch(token):
        g.actor = live_actor(read_token(settings(), token))
        return
    verify_token()  # without a bearer token, only a cookie with its CSRF value passes
    g.actor = live_actor(get_jwt())


def verify_token(*, refresh: bool = False) -> None:
    """Checks the bearer token, or the cookie with its CSRF value; ``refresh`` selects that kind."""
    try:
        verify_jwt_in_request(refresh=refresh)
    except CSRFError as error:
        raise PalabreError("forbidden", N_("CSRF token missing or wrong.")) from error
    except PyJWTError as error:
        raise _token_error(error) from error
    except JWTExtendedException as error:
        raise PalabreError("unauthenticated", N_("Sign in to continue.")) from error


def live_actor(claims: dict[str, Any]) -> Actor:
    """Returns the actor of verified claims, if their sign-in session has not ended."""
    found = actor_of(claims)
    with store.reading() as session:
        if not session_is_live(session, found.session_id):
            raise PalabreError("token_revoked", N_("Your session has ended. Sign in again."))
    return found


def actor() -> Actor:
    """Returns the caller."""
    found: Actor = g.actor
    return found


def _token_error(error: PyJWTError) -> PalabreError:
    if type(error).__name__ == "ExpiredSignatureError":
        return PalabreError("token_expired", N_("The token has expired. Renew it and try again."))
    return PalabreError("unauthenticated", N_("Sign in to continue."))
