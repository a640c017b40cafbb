"""Access tokens for the users of a world, as the application signs them."""

from __future__ import annotations

import time

import jwt

from bench.places import SECRET

_LIFE_SECONDS = 24 * 3600


def session_of(user_id: int) -> str:
    """Returns the id of a user's sign-in session; its row is in every world."""
    return f"{user_id:032x}"


def token_of(user_id: int) -> str:
    """Returns an access token of a user, valid for a day."""
    now = int(time.time())
    claims = {
        "type": "access",
        "sub": str(user_id),
        "sid": session_of(user_id),
        "jti": f"{user_id:016x}",
        "csrf": "0" * 32,
        "fresh": False,
        "iat": now - 1,
        "nbf": now - 1,
        "exp": now + _LIFE_SECONDS,
    }
    return jwt.encode(claims, SECRET, "HS256")
