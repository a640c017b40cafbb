"""The conversation list: cached five minutes, never stale after a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.database import execute
from tests.support.inside import inside
from tests.support.people import Person
from tests.support.server import Server


def _retitle_behind_the_servers_back(server: Server, conversation_id: int) -> None:
    """A change that no command made: only a list loaded anew can show it."""
    statement = "UPDATE conversations SET title = 'behind the back' WHERE id = ?"
    assert execute(server, statement, conversation_id) == 1


def _titles(person: Person) -> list[Any]:
    return [item["title"] for item in person.get("/conversations")["items"]]


def test_the_list_is_cached_and_forgotten_on_change(
    server: Server, alice: Person, bob: Person
) -> None:
    group = alice.post("/conversations", {"participant_ids": [bob.id], "title": "Griots"})
    assert _titles(bob) == ["Griots"]
    _retitle_behind_the_servers_back(server, group["id"])
    assert _titles(bob) == ["Griots"], "the list was not served from the cache"
    alice.post(f"/conversations/{group['id']}/messages", {"text": "news"})
    assert _titles(bob) == ["behind the back"], "the list was not forgotten"


def test_every_change_is_in_the_next_list(alice: Person, bob: Person, kora: Any) -> None:
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Hello"})
    conversation_id, message_id = sent["conversation_id"], sent["message"]["id"]

    def listed(person: Person) -> Any:
        return person.get("/conversations")["items"][0]

    assert listed(alice)["unread_count"] == 1
    alice.post(f"/conversations/{conversation_id}/read", {})
    assert listed(alice)["unread_count"] == 0
    assert {p["user"]["id"]: p["last_read_seq"] for p in listed(bob)["participants"]}[alice.id] == 1
    bob.patch(f"/messages/{message_id}", {"text": "Hi"})
    assert listed(alice)["last_message"]["text"] == "Hi"
    alice.patch(f"/products/{kora['id']}", {"title": "Balafon"})
    assert listed(bob)["product"]["title"] == "Balafon"
    alice.delete(f"/messages/{message_id}", scope="me")
    assert listed(alice)["last_message"]["text"] is None
    assert listed(bob)["last_message"]["text"] == "Hi"
    alice.patch(f"/conversations/{conversation_id}", {"archived": True})
    assert alice.get("/conversations", archived="false")["items"] == []
    assert [c["archived"] for c in alice.get("/conversations", archived="true")["items"]] == [True]
    assert listed(bob)["archived"] is False


def test_presence_in_a_cached_list_is_of_now(alice: Person, bob: Person) -> None:
    bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})

    def bobs_presence() -> bool:
        people = alice.get("/conversations")["items"][0]["participants"]
        return {p["user"]["id"]: p["user"]["online"] for p in people}[bob.id]

    assert bobs_presence() is False
    bob.connect()
    assert bobs_presence() is True


def test_pages_follow_each_other_without_gap_or_repeat(alice: Person, bob: Person) -> None:
    ids = [
        alice.post("/conversations", {"participant_ids": [bob.id], "title": f"{n}"})["id"]
        for n in range(5)
    ]
    found, cursor = [], None
    while True:
        page = alice.get("/conversations", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ids[::-1]


def test_a_reader_who_is_overtaken_by_a_change_leaves_nothing_behind(tmp_path: Path) -> None:
    found = inside("tests.conversations.late_readers:loads", tmp_path)
    assert found["given"] == ["old", "new", "new"]
    assert found["loaded"] == ["old", "new"], "the second was meant to be kept, the first not"


def test_kept_bytes_are_filled_with_the_presence_of_now(tmp_path: Path) -> None:
    away, there = inside("tests.conversations.late_readers:presence", tmp_path)
    bob = {"id": 2, "name": "Bob\0"}
    gone = {**bob, "online": False, "last_seen_at": "yesterday"}
    assert away == {"title": "Griots", "participants": [{"user": gone}]}
    here = {**bob, "online": True, "last_seen_at": None}
    assert there == {"title": "Griots", "participants": [{"user": here}]}
