"""Sending: once per client_id, in order, and only where one may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.people import Person


def test_a_repeated_client_id_answers_with_the_first_message(
    alice: Person, bob: Person, kora: Any
) -> None:
    body = {"product_id": kora["id"], "text": "Once", "client_id": "same"}
    first = bob.call("POST", "/messages", body)
    again = bob.call("POST", "/messages", body)
    by_socket = bob.connect().ok("send_message", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == by_socket
    assert alice.get(f"/conversations/{by_socket['conversation_id']}")["last_seq"] == 1


def test_the_same_client_id_with_another_body_is_a_conflict(
    alice: Person, bob: Person, kora: Any
) -> None:
    body = {"product_id": kora["id"], "text": "Once", "client_id": "same"}
    sent = bob.post("/messages", body)
    for other in (
        {"text": "Twice"},
        {"reply_to_id": sent["message"]["id"]},
        {"product_id": None, "recipient_id": alice.id},
    ):
        refused = bob.call("POST", "/messages", {**body, **other})
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    # A refusal leaves nothing behind, not even the conversation it would have opened.
    assert len(bob.get("/conversations")["items"]) == 1


def test_a_retry_after_an_edit_or_a_deletion_is_still_a_retry(bob: Person, kora: Any) -> None:
    body = {"product_id": kora["id"], "text": "Once", "client_id": "same"}
    message = bob.post("/messages", body)["message"]
    bob.patch(f"/messages/{message['id']}", {"text": "Edited"})
    assert bob.post("/messages", body)["message"]["text"] == "Edited"
    bob.delete(f"/messages/{message['id']}")
    assert bob.post("/messages", body)["message"]["deleted_at"] is not None


def test_a_hundred_races_store_one_message_each(bob: Person, alice: Person) -> None:
    def race(number: int) -> int:
        body = {
            "recipient_id": alice.id,
            "text": f"{number // 4}",
            "client_id": f"race {number // 4}",
        }
        status: int = bob.call("POST", "/messages", body).status_code
        return status

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(race, range(100)))
    assert outcomes.count(201) == 25
    assert outcomes.count(200) == 75
    conversation = bob.get("/conversations")["items"][0]
    found = bob.get(f"/conversations/{conversation['id']}/messages", limit=100)["items"]
    assert [message["seq"] for message in found] == list(range(1, 26))


def test_nobody_writes_into_a_closed_conversation(alice: Person, bob: Person, kora: Any) -> None:
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Hello", "client_id": "c"})
    alice.patch(f"/conversations/{sent['conversation_id']}", {"status": "closed"})
    for person in (alice, bob):
        refused = person.call(
            "POST", f"/conversations/{sent['conversation_id']}/messages", {"text": "?"}
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "conversation_closed")
    assert (
        bob.post("/messages", {"product_id": kora["id"], "text": "Hello", "client_id": "c"}) == sent
    )
    alice.patch(f"/conversations/{sent['conversation_id']}", {"status": "open"})
    bob.post(f"/conversations/{sent['conversation_id']}/messages", {"text": "!"})


def test_blocking_stops_both_sides(alice: Person, bob: Person, kora: Any) -> None:
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Hello"})
    assert alice.call("PUT", f"/users/{bob.id}/block").json()["blocked"] is True
    assert [person["id"] for person in alice.get("/blocks")["items"]] == [bob.id]
    for person in (alice, bob):
        refused = person.call(
            "POST", f"/conversations/{sent['conversation_id']}/messages", {"text": "?"}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "blocked")
    refused = bob.call("POST", "/messages", {"recipient_id": alice.id, "text": "?"})
    assert refused.json()["code"] == "blocked"
    alice.call("DELETE", f"/users/{bob.id}/block")
    bob.post(f"/conversations/{sent['conversation_id']}/messages", {"text": "again"})


def test_targets_that_contradict_each_other_are_refused(
    alice: Person, bob: Person, charlie: Person, kora: Any
) -> None:
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Hello"})
    both = {"product_id": kora["id"], "conversation_id": sent["conversation_id"], "text": "agrees"}
    assert bob.post("/messages", both)["conversation_id"] == sent["conversation_id"]
    refused = bob.call("POST", "/messages", {**both, "recipient_id": charlie.id})
    assert refused.json()["details"][0]["field"] == "recipient_id"


def test_a_reply_answers_a_message_of_the_same_conversation(
    alice: Person, bob: Person, charlie: Person
) -> None:
    elsewhere = charlie.post("/messages", {"recipient_id": alice.id, "text": "secret"})["message"]
    refused = bob.call(
        "POST", "/messages", {"recipient_id": alice.id, "text": "?", "reply_to_id": elsewhere["id"]}
    )
    assert refused.json()["details"][0]["field"] == "reply_to_id"


def test_the_excerpt_of_a_deleted_message_is_gone(alice: Person, bob: Person) -> None:
    first = bob.post(
        "/messages", {"recipient_id": alice.id, "text": "to be  deleted\n" + "x" * 500}
    )["message"]
    reply = alice.post(
        "/messages", {"recipient_id": bob.id, "text": "re", "reply_to_id": first["id"]}
    )["message"]
    assert reply["reply_to"]["excerpt"].startswith("to be deleted x")
    assert len(reply["reply_to"]["excerpt"]) == 140
    bob.delete(f"/messages/{first['id']}")
    last = alice.get(f"/conversations/{reply['conversation_id']}/messages")["items"][-1]
    assert last["reply_to"] == {"id": first["id"], "sender_id": bob.id, "excerpt": None}
