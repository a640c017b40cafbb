"""Somebody who is brought into a group: what they see of its past."""

from __future__ import annotations

from tests.support.people import Person


def test_a_newcomer_has_everything_unread_but_tombstones(
    alice: Person, bob: Person, charlie: Person
) -> None:
    group = alice.post("/conversations", {"participant_ids": [bob.id], "title": "Griots"})
    path = f"/conversations/{group['id']}"
    sent = [alice.post(f"{path}/messages", {"text": f"{n}"})["message"] for n in range(3)]
    alice.delete(f"/messages/{sent[1]['id']}")

    alice.post(f"{path}/participants", {"user_id": charlie.id})

    seen = charlie.get(f"{path}/messages")["items"]
    assert [message["text"] for message in seen] == ["0", None, "2"]
    assert charlie.get(path)["unread_count"] == 2
    assert charlie.post(f"{path}/read", {"up_to_seq": 2})["unread_count"] == 1
