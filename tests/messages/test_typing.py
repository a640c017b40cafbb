"""Typing: told to the others who have joined, and only by those who could also write."""

from __future__ import annotations

from tests.support.people import Person


def test_the_others_hear_it_and_the_typist_does_not(alice: Person, bob: Person) -> None:
    sent = alice.post("/messages", {"recipient_id": bob.id, "text": "Hello"})
    at_alices, at_bobs = alice.connect(), bob.connect()
    for person in (at_alices, at_bobs):
        person.ok("join_conversation", {"conversation_id": sent["conversation_id"]})
    typing = {"conversation_id": sent["conversation_id"], "is_typing": True}
    at_bobs.ok("typing", typing)
    told = at_alices.wait_for("typing")
    assert (told["user_id"], told["is_typing"]) == (bob.id, True)
    assert told["expires_in"] > 0
    at_bobs.settle()
    assert at_bobs.all("typing") == []


def test_nobody_types_where_nobody_may_write(alice: Person, bob: Person) -> None:
    sent = alice.post("/messages", {"recipient_id": bob.id, "text": "Hello"})
    typing = {"conversation_id": sent["conversation_id"], "is_typing": True}
    at_alices, at_bobs = alice.connect(), bob.connect()
    at_alices.ok("join_conversation", {"conversation_id": sent["conversation_id"]})
    alice.call("PUT", f"/users/{bob.id}/block")
    assert at_bobs.refused("typing", typing)["code"] == "blocked"
    alice.call("DELETE", f"/users/{bob.id}/block")
    alice.patch(f"/conversations/{sent['conversation_id']}", {"status": "closed"})
    assert at_bobs.refused("typing", typing)["code"] == "conversation_closed"
    at_alices.settle()
    assert at_alices.all("typing") == []
