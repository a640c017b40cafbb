"""What messages may sort, or read in the order of its table, and how that is bounded."""

from __future__ import annotations

ALLOWED = {
    "ORDER BY messages.revision LIMIT": "conversations that have changed, each in its index's order",
}
