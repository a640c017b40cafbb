"""A contact of the seller connects and disconnects."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Both events of presence, and its route."""
    dora = stage.person("Dora")
    stage.alice.post("/conversations", {"recipient_id": dora.id})
    dora.connect()
    stage.seller.wait_for("user_online", lambda payload: payload["user_id"] == dora.id)
    dora.close()
    stage.seller.wait_for("user_offline", lambda payload: payload["user_id"] == dora.id)
    stage.alice.get("/presence", user_ids=f"{stage.bob.id},{dora.id}")
