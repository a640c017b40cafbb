"""Two people talk about a product over Socket.IO, from the first message to the read mark."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person


def test_a_buyer_writes_and_the_seller_answers(
    alice: Person, bob: Person, charlie: Person, kora: Any
) -> None:
    seller, buyer, outsider = alice.connect(), bob.connect(), charlie.connect()

    sent = buyer.ok(
        "send_message", {"product_id": kora["id"], "text": "Still for sale?", "client_id": "m1"}
    )
    conversation_id = sent["conversation_id"]
    told = seller.wait_for("message_notification")
    assert told["message"] == sent["message"]
    assert told["unread_count"] == 1
    assert seller.wait_for("conversation_updated")["conversation"]["product"]["id"] == kora["id"]

    joined = seller.ok("join_conversation", {"conversation_id": conversation_id})
    assert joined["messages"] == [sent["message"]]
    buyer.ok("join_conversation", {"conversation_id": conversation_id})
    assert (
        seller.ok("mark_messages_read", {"conversation_id": conversation_id})["unread_count"] == 0
    )
    assert buyer.wait_for("messages_read")["last_read_seq"] == 1

    answer = seller.ok(
        "send_message",
        {"conversation_id": conversation_id, "text": "Yes!", "reply_to_id": sent["message"]["id"]},
    )
    heard = buyer.wait_for("new_message", lambda p: p["message"]["id"] == answer["message"]["id"])
    assert heard["message"]["reply_to"]["excerpt"] == "Still for sale?"

    assert (
        outsider.refused("join_conversation", {"conversation_id": conversation_id})["code"]
        == "not_found"
    )
    outsider.settle()
    assert [name for name, _ in outsider.heard] == ["ready"]
