"""Where things lie, and what everybody in the bench shares."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
WORK = ROOT / ".bench"  # made, never committed: programs, databases, logs

# Every server checks tokens signed with this. It signs nothing else anywhere.
SECRET = "the bench signs its tokens with this"
SERVER_CORE = 0
GENERATOR_CORE = 1


class Missing(Exception):
    """Something this machine does not have; the sentence says what to do about it."""
