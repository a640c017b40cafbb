"""Sorts and ordered reads that contact requests may do, each with its bound."""

from __future__ import annotations

ALLOWED = {
    "FROM contact_requests WHERE contact_requests.": "one person's requests",
}
