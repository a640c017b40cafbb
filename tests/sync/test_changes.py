"""Changes after a cursor: everything, once, in pages, by socket and by REST alike."""

from __future__ import annotations

from typing import Any

from tests.support.client_state import kinds
from tests.support.people import Person

KINDS = kinds()


def _all_changes(person: Person, after: int, limit: int) -> dict[str, list[Any]]:
    """Every page of ``GET /changes``, joined."""
    found: dict[str, list[Any]] = {kind: [] for kind in (*KINDS, "removed_conversation_ids")}
    while True:
        page = person.get("/changes", after=after, limit=limit)
        assert not page["reset"]
        assert page["cursor"] >= after
        for kind, items in found.items():
            items += page[kind]
        if not page["has_more"]:
            return found
        assert page["cursor"] > after, "a page that does not move on would be asked for ever"
        after = page["cursor"]


def _talk(alice: Person, bob: Person, product_id: int, count: int) -> int:
    for number in range(count):
        sent = bob.post("/messages", {"product_id": product_id, "text": f"message {number}"})
    conversation_id: int = sent["conversation_id"]
    return conversation_id


def test_pages_of_any_size_add_up_to_the_same(alice: Person, bob: Person, kora: Any) -> None:
    conversation_id = _talk(alice, bob, kora["id"], 7)
    alice.post(f"/conversations/{conversation_id}/read", {"up_to_seq": 3})
    whole = _all_changes(alice, 0, 500)
    assert [message["seq"] for message in whole["messages"]] == [1, 2, 3, 4, 5, 6, 7]
    for limit in (1, 2, 3):
        assert _all_changes(alice, 0, limit) == whole


def test_only_what_changed_after_the_cursor_is_told(alice: Person, bob: Person, kora: Any) -> None:
    conversation_id = _talk(alice, bob, kora["id"], 3)
    listener = alice.connect()
    cursor = alice.get("/changes", after=0)["cursor"]
    assert alice.get("/changes", after=cursor)["messages"] == []

    messages = bob.get(f"/conversations/{conversation_id}/messages")["items"]
    bob.patch(f"/messages/{messages[0]['id']}", {"text": "edited"})
    bob.delete(f"/messages/{messages[1]['id']}")
    bob.post(f"/conversations/{conversation_id}/read", {})
    told = alice.get("/changes", after=cursor)

    assert [(m["seq"], m["text"]) for m in told["messages"]] == [(1, "edited"), (2, None)]
    assert told["messages"][1]["deleted_at"] is not None
    assert [(r["user_id"], r["last_read_seq"]) for r in told["reads"]] == [(bob.id, 3)]
    assert [c["id"] for c in told["conversations"]] == [conversation_id]
    assert listener.ok("sync", {"after": cursor}) == told


def test_what_i_deleted_for_myself_is_told_to_me_alone(
    alice: Person, bob: Person, kora: Any
) -> None:
    conversation_id = _talk(alice, bob, kora["id"], 2)
    cursor = alice.get("/changes", after=0)["cursor"]
    first = alice.get(f"/conversations/{conversation_id}/messages")["items"][0]
    alice.delete(f"/messages/{first['id']}", scope="me")
    mine = alice.get("/changes", after=cursor)
    assert [(m["id"], m["text"]) for m in mine["messages"]] == [(first["id"], None)]
    assert bob.get("/changes", after=cursor)["messages"] == []


def test_a_removed_participant_learns_that_and_nothing_more(alice: Person, bob: Person) -> None:
    group = alice.post("/conversations", {"participant_ids": [bob.id], "title": "Griots"})
    alice.post(f"/conversations/{group['id']}/messages", {"text": "for Bob's eyes"})
    cursor = bob.get("/changes", after=0)["cursor"]
    alice.delete(f"/conversations/{group['id']}/participants/{bob.id}")
    alice.post(f"/conversations/{group['id']}/messages", {"text": "not for Bob"})
    told = bob.get("/changes", after=cursor)
    assert told["removed_conversation_ids"] == [group["id"]]
    assert told["messages"] == told["conversations"] == []


def test_a_cursor_from_elsewhere_is_answered_with_reset(alice: Person) -> None:
    cursor = alice.get("/changes", after=0)["cursor"]
    for foreign in (1, cursor + 1_000_000):
        told = alice.get("/changes", after=foreign)
        assert told["reset"] is True
        assert told["has_more"] is False
        assert all(told[kind] == [] for kind in KINDS)
        assert alice.get("/changes", after=told["cursor"])["reset"] is False


def test_an_outsider_is_told_nothing(
    alice: Person, bob: Person, charlie: Person, kora: Any
) -> None:
    _talk(alice, bob, kora["id"], 2)
    assert bob.get("/changes", after=0)["messages"], "there is something to be told"
    told = charlie.get("/changes", after=0)
    assert all(told[kind] == [] for kind in KINDS)


def test_one_change_to_many_conversations_is_never_cut_in_two(
    alice: Person, bob: Person, charlie: Person, kora: Any
) -> None:
    for person in (bob, charlie):
        person.post("/messages", {"product_id": kora["id"], "text": "Hello"})
    cursor = alice.get("/changes", after=0)["cursor"]
    alice.patch(f"/products/{kora['id']}", {"price": "400.00"})
    page = alice.get("/changes", after=cursor, limit=1)
    assert len(page["conversations"]) == 2
    assert {c["product"]["price"] for c in page["conversations"]} == {"400.00"}


def test_a_page_of_long_messages_fits_into_what_may_wait_for_a_connection(
    alice: Person, bob: Person, kora: Any
) -> None:
    # Six bytes a character on the wire: a hundred of these are more than the four megabytes that
    # may wait for one connection, which would be cut as a slow reader.
    text = "\x01" * 7990
    conversation_id = _talk(alice, bob, kora["id"], 1)
    for _ in range(100):
        bob.post(f"/conversations/{conversation_id}/messages", {"text": text})
    listener = alice.connect()

    found, page = [], {"cursor": 0, "has_more": True}
    while page["has_more"]:
        page = listener.ok("sync", {"after": page["cursor"]})
        found += [message["seq"] for message in page["messages"]]
    joined = listener.ok("join_conversation", {"conversation_id": conversation_id, "after_seq": 0})
    newest = listener.ok("join_conversation", {"conversation_id": conversation_id})

    assert found == list(range(1, 102))
    assert joined["has_more"]
    seqs = [message["seq"] for message in joined["messages"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) > 1
    assert [message["seq"] for message in newest["messages"]][-1] == 101
