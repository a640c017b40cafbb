"""Tokens as a server issues them, and altered ones."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt

from tests.support.server import Server


def key(server: Server) -> str:
    """Returns the key with which a server signs tokens."""
    secret: str = json.loads((server.data_dir / "secrets.json").read_text())["JWT_SECRET_KEY"]
    return secret


def claims(token: str) -> dict[str, Any]:
    """Returns a token's claims, without a check of its signature."""
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


def changed(server: Server, token: str, **other: Any) -> str:
    """Returns a token with changed claims and a valid signature; ``None`` removes a claim."""
    said = {**claims(token), **other}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(said, key(server), "HS256")


def expired(server: Server, token: str) -> str:
    """Returns a token that expired five minutes ago."""
    return changed(server, token, exp=int(time.time()) - 300)
