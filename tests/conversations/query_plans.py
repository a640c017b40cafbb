"""Sorts and ordered reads that conversations may do, each with its bound."""

from __future__ import annotations

ALLOWED = {
    "AS anon_1 ORDER BY anon_1": "pages of as many rows as were asked for, and one person's groups",
    "ORDER BY participants.conversation_id, participants.joined_at": "at most 1,000 at a time",
}
