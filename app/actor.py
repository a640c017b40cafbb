"""TODO: first line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf something is done."""

    user_id: int
    session_id: str
