"""Paths and constants that the whole bench shares."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
WORK = ROOT / ".bench"  # generated and never committed: programs, databases, logs

# Every server checks tokens signed with this secret, which signs nothing else.
SECRET = "the bench signs its tokens with this"
SERVER_CORE = 0
GENERATOR_CORE = 1


class Missing(Exception):
    """A program is missing on this machine; the message says how to install it."""
