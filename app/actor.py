"""The user on whose behalf a command runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user, and the sign-in session that the request or connection uses."""

    user_id: int
    session_id: str
