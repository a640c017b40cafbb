"""What contact requests may sort, or read in the order of its table, and how that is bounded."""

from __future__ import annotations

ALLOWED = {
    "FROM contact_requests WHERE contact_requests.": "one person's requests",
}
