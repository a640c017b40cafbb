"""What products may sort, or read in the order of its table, and how that is bounded."""

from __future__ import annotations

ALLOWED = {
    "FROM products ORDER BY products.id DESC LIMIT": "the end of the table, as far as the page goes",
}
