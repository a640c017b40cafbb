"""A person asks for contact, once, and is accepted."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Every event and route of contact requests."""
    alice, bob = stage.alice, stage.bob
    body = {"recipient_id": alice.id, "message": "May I?"}
    request = bob.post("/contact-requests", body)
    assert bob.call("POST", "/contact-requests", {"recipient_id": alice.id}).status_code == 409
    alice.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})
    alice.get(f"/contact-requests/{request['id']}")
    alice.get("/contact-requests")
