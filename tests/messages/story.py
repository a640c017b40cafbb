"""Buyer and seller write, read, edit and delete, over sockets and over REST."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Every event and route of messages and read marks."""
    _over_sockets(stage)
    _over_talemy(stage)
    _over_rest(stage)


def _over_sockets(stage: Stage) -> None:
    seller, buyer = stage.seller, stage.buyer
    target = {"conversation_id": stage.conversation_id}
    for socket in (seller, buyer):
        socket.ok("join_conversation", target)
    reply = {**target, "text": "Yes", "client_id": "1", "reply_to_id": stage.question["id"]}
    answer = seller.ok("send_message", reply)["message"]
    seller.ok("send_message", reply)
    seller.ok("mark_messages_read", target)
    buyer.ok("typing", {**target, "is_typing": True})
    seller.wait_for("typing")
    seller.ok("edit_message", {"message_id": answer["id"], "text": "Yes!"})
    buyer.ok("delete_message", {"message_id": answer["id"], "scope": "me"})
    buyer.ok("delete_message", {"message_id": stage.question["id"]})
    seller.wait_for("message_deleted")


def _over_talemy(stage: Stage) -> None:
    message = {"conversationId": stage.conversation_id, "text": "From Talemy"}
    stage.buyer_on_talemy.ok("message:send", message)


def _over_rest(stage: Stage) -> None:
    alice, bob = stage.alice, stage.bob
    path = f"/conversations/{stage.conversation_id}"
    for _ in range(2):
        sent = bob.post(f"{path}/messages", {"text": "By REST", "client_id": "r1"})["message"]
        bob.post("/messages", {"recipient_id": alice.id, "text": "Hello", "client_id": "r2"})
    bob.patch(f"/messages/{sent['id']}", {"text": "By REST, edited"})
    bob.delete(f"/messages/{sent['id']}", scope="everyone")
    alice.get(f"{path}/messages", limit=1)
    alice.post(f"{path}/read", {})
