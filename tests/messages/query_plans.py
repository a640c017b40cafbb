"""Sorts and ordered reads that messages may do, each with its bound."""

from __future__ import annotations

ALLOWED = {
    "ORDER BY messages.revision LIMIT": "conversations that have changed, each in its index's order",
}
