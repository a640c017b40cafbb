"""Sorts and ordered reads that accounts may do, each with its bound."""

from __future__ import annotations

ALLOWED = {
    "WHERE blocks.blocker_id = ? ORDER BY": "the people one person has blocked",
}
