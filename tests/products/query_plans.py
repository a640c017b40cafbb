"""Sorts and ordered reads that products may do, each with its bound."""

from __future__ import annotations

ALLOWED = {
    "FROM products ORDER BY products.id DESC LIMIT": "the end of the table, as far as the page goes",
}
