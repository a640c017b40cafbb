"""Access and refresh tokens of one sign-in session (RFC 7519; rotation as in RFC 9700 §4.14)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from flask import current_app

from app.actor import Actor
from app.errors import N_, PalabreError
from config import Settings

# No token says when it was issued (iat, nbf): a clock that is set back would make all of them come
# from the future, and sign everybody out until it is that late again.
ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets when it signs in or refreshes."""

    access: str
    refresh: str
    expires_in: int  # seconds the access token lives


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def new_session_id() -> str:
    """A name for a new sign-in session that nobody can guess."""
    return secrets.token_hex(16)


def make_refresh_token(
    keys: Settings, user_id: int, session_id: str, generation: int, at: int
) -> str:
    """The refresh token of one generation of a session; ``at`` is unix milliseconds.

    It is a function of its arguments, so a client that lost the answer to a rotation can be given
    the very same token again although only its hash was stored.
    """
    claims = {
        "type": "refresh",
        "sub": str(user_id),
        "sid": session_id,
        "jti": _derive(keys, f"jti:{session_id}:{generation}"),
        "csrf": _csrf(keys, session_id),
        "fresh": False,
        "exp": at // 1000 + keys.refresh_token_seconds,
    }
    return jwt.encode(claims, keys.jwt_secret_key, ALGORITHM)


def make_access_token(keys: Settings, actor: Actor) -> str:
    """A short-lived token for requests and connections."""
    claims = {
        "type": "access",
        "sub": str(actor.user_id),
        "sid": actor.session_id,
        "jti": secrets.token_hex(8),
        "csrf": _csrf(keys, actor.session_id),
        "fresh": False,
        "exp": int(time.time()) + keys.access_token_seconds,
    }
    return jwt.encode(claims, keys.jwt_secret_key, ALGORITHM)


def hash_token(token: str) -> str:
    """What is stored of a refresh token."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_token(keys: Settings, token: str, kind: str = "access") -> dict[str, Any]:
    """The claims of a valid token; raises ``unauthenticated`` or ``token_expired``."""
    try:
        claims = _verified(keys.jwt_secret_key, token)
    except jwt.ExpiredSignatureError:
        raise _expired() from None
    except jwt.InvalidTokenError:
        raise _broken() from None
    if claims["exp"] <= time.time():
        raise _expired()
    if claims.get("type") != kind or not str(claims["sub"]).isdecimal():
        raise _broken()
    return claims


def actor_of(claims: dict[str, Any]) -> Actor:
    """On whose behalf the bearer of these claims acts."""
    return Actor(int(claims["sub"]), str(claims["sid"]))


@lru_cache(maxsize=8192)
def _verified(key: str, token: str) -> dict[str, Any]:
    """The claims of a token whose signature is ours. A client sends the same one for a quarter of an
    hour, and only the time, which the caller looks at, changes what it is worth.
    """
    claims: dict[str, Any] = jwt.decode(
        token, key, [ALGORITHM], options={"require": ["exp", "sub", "sid"]}
    )
    return claims


def _expired() -> PalabreError:
    return PalabreError("token_expired", N_("The token has expired. Renew it and try again."))


def _broken() -> PalabreError:
    return PalabreError("unauthenticated", N_("Sign in to continue."))


def _csrf(keys: Settings, session_id: str) -> str:
    # One value per sign-in: a form that stood open while the token was renewed still counts.
    return _derive(keys, f"csrf:{session_id}")


def _derive(keys: Settings, text: str) -> str:
    return hmac.new(keys.jwt_secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
