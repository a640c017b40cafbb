"""Tokens as a server would have issued them, and as it never would."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt

from tests.support.server import Server


def key(server: Server) -> str:
    """What a server signs tokens with."""
    secret: str = json.loads((server.data_dir / "secrets.json").read_text())["JWT_SECRET_KEY"]
    return secret


def claims(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


def changed(server: Server, token: str, **other: Any) -> str:
    """The same token with other claims, rightly signed; ``None`` leaves a claim out."""
    said = {**claims(token), **other}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(said, key(server), "HS256")


def expired(server: Server, token: str) -> str:
    """The same token, five minutes past its end."""
    return changed(server, token, exp=int(time.time()) - 300)
