"""What accounts may sort, or read in the order of its table, and how that is bounded."""

from __future__ import annotations

ALLOWED = {
    "WHERE blocks.blocker_id = ? ORDER BY": "the people one person has blocked",
}
