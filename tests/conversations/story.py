"""Conversations are joined, left and archived, and a group loses a participant."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Every event and route of conversations."""
    _looking(stage)
    _a_group(stage)


def _looking(stage: Stage) -> None:
    alice, path = stage.alice, f"/conversations/{stage.conversation_id}"
    target = {"conversation_id": stage.conversation_id}
    stage.buyer.ok("join_conversation", {**target, "after_seq": 0})
    stage.buyer.ok("leave_conversation", target)
    for event in ("conversation:join", "conversation:leave"):
        stage.buyer_on_talemy.ok(event, {"conversationId": stage.conversation_id})
    alice.get(path)
    alice.patch(path, {"archived": True, "muted": True})


def _a_group(stage: Stage) -> None:
    alice, charlie = stage.alice, stage.charlie
    body = {"participant_ids": [stage.bob.id], "title": "Griots"}
    group = alice.post("/conversations", body)
    for _ in range(2):
        alice.post(f"/conversations/{group['id']}/participants", {"user_id": charlie.id})
        alice.post("/conversations", {"recipient_id": charlie.id})
    there = charlie.connect()
    alice.delete(f"/conversations/{group['id']}/participants/{charlie.id}")
    there.wait_for("conversation_removed")
    there.close()
    assert alice.get("/conversations", limit=1)["next_cursor"]
