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

# Tokens carry no time of issue (iat, nbf). After the clock is set back, such tokens would come from
# the future, and every user would be signed out until it caught up.
ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that a client receives when it signs in or refreshes."""

    access: str
    refresh: str
    expires_in: int  # lifetime of the access token in seconds


def settings() -> Settings:
    """Returns the settings of the running application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def new_session_id() -> str:
    """Returns an unguessable id for a new sign-in session."""
    return secrets.token_hex(16)


def make_refresh_token(
    keys: Settings, user_id: int, session_id: str, generation: int, at: int
) -> str:
    """Returns the refresh token of one generation of a session; ``at`` is unix milliseconds.

    A pure function: a client that lost the answer to a rotation receives the same token again,
    although only its hash was stored.
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
    """Returns a short-lived token for requests and connections."""
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
    """Returns the SHA-256 of a refresh token, the only part of it that is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_token(keys: Settings, token: str, kind: str = "access") -> dict[str, Any]:
    """Returns the claims of a valid token; raises ``unauthenticated`` or ``token_expired``."""
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
    """Returns the actor of these claims."""
    return Actor(int(claims["sub"]), str(claims["sid"]))


@lru_cache(maxsize=8192)
def _verified(key: str, token: str) -> dict[str, Any]:
    """Returns the claims of a token with a valid signature.

    Memoised: a client sends the same token for 15 minutes. Expiry is left to the caller.
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
    # One value per sign-in, so that a form left open while the token was renewed stays valid.
    return _derive(keys, f"csrf:{session_id}")


def _derive(keys: Settings, text: str) -> str:
    return hmac.new(keys.jwt_secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
