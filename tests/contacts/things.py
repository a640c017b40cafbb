"""A contact request, for tests that need one of everything."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person

ID_FIELD = "contact_request_id"


def make(owner: Person, other: Person) -> Any:
    """A request of ``owner`` to ``other``."""
    return owner.post("/contact-requests", {"recipient_id": other.id, "message": "May I?"})


def change(owner: Person, request: Any) -> None:
    """Withdraw it."""
    owner.patch(f"/contact-requests/{request['id']}", {"status": "cancelled"})
