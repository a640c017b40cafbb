"""Unread counts: messages by others, after my read mark, that are not deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import Person


@pytest.fixture
def talk(alice: Person, bob: Person, kora: Any) -> Any:
    """A conversation in which Bob has written three messages."""
    for number in range(3):
        sent = bob.post("/messages", {"product_id": kora["id"], "text": f"{number}"})
    return bob.get(f"/conversations/{sent['conversation_id']}")


def unread(person: Person, talk: Any) -> int:
    count: int = person.get(f"/conversations/{talk['id']}")["unread_count"]
    return count


def messages(person: Person, talk: Any) -> list[Any]:
    found: list[Any] = person.get(f"/conversations/{talk['id']}/messages")["items"]
    return found


def test_own_messages_are_never_unread(alice: Person, bob: Person, talk: Any) -> None:
    assert unread(bob, talk) == 0
    assert unread(alice, talk) == 3


def test_answering_does_not_mark_as_read(alice: Person, bob: Person, talk: Any) -> None:
    alice.post(f"/conversations/{talk['id']}/messages", {"text": "answer"})
    assert unread(alice, talk) == 3
    assert unread(bob, talk) == 1


def test_reading_up_to_a_message_leaves_the_rest(alice: Person, bob: Person, talk: Any) -> None:
    alice.post(f"/conversations/{talk['id']}/messages", {"text": "mine, in between"})
    bob.post(f"/conversations/{talk['id']}/messages", {"text": "one more"})
    read = alice.post(f"/conversations/{talk['id']}/read", {"up_to_seq": 2})
    assert (read["last_read_seq"], read["unread_count"]) == (2, 2)
    assert unread(alice, talk) == 2


def test_a_read_mark_never_moves_back(alice: Person, talk: Any) -> None:
    alice.post(f"/conversations/{talk['id']}/read", {})
    again = alice.post(f"/conversations/{talk['id']}/read", {"up_to_seq": 1})
    assert (again["last_read_seq"], again["unread_count"]) == (3, 0)


def test_a_deleted_message_is_no_longer_unread(alice: Person, bob: Person, talk: Any) -> None:
    bob.delete(f"/messages/{messages(bob, talk)[2]['id']}")
    assert unread(alice, talk) == 2
    alice.post(f"/conversations/{talk['id']}/read", {"up_to_seq": 1})
    assert unread(alice, talk) == 1
    alice.delete(f"/messages/{messages(alice, talk)[1]['id']}", scope="me")
    assert unread(alice, talk) == 0


def test_deleting_what_was_hidden_counts_once(alice: Person, bob: Person, talk: Any) -> None:
    first = messages(alice, talk)[0]
    alice.delete(f"/messages/{first['id']}", scope="me")
    assert unread(alice, talk) == 2
    bob.delete(f"/messages/{first['id']}")
    assert unread(alice, talk) == 2
    alice.post(f"/conversations/{talk['id']}/read", {})
    assert unread(alice, talk) == 0


def test_the_total_counts_every_conversation(
    alice: Person, bob: Person, charlie: Person, talk: Any
) -> None:
    listener = alice.connect()
    charlie.post("/messages", {"recipient_id": alice.id, "text": "hello"})
    assert listener.wait_for("message_notification")["unread_total"] == 4
    assert alice.connect().wait_for("ready")["unread_total"] == 4


def test_reading_without_a_body_reads_everything(alice: Person, talk: Any) -> None:
    read = alice.call("POST", f"/conversations/{talk['id']}/read")
    assert read.json() == {"conversation_id": talk["id"], "last_read_seq": 3, "unread_count": 0}


def test_a_body_that_is_not_json_reads_nothing(alice: Person, talk: Any) -> None:
    headers = {"Authorization": f"Bearer {alice.token}", "Content-Type": "application/json"}
    url = f"{alice.server.url}/api/v1/conversations/{talk['id']}/read"
    for body in ("{", "null", "up_to_seq=3"):
        refused = alice.http.post(url, data=body, headers=headers, timeout=PATIENCE_SECONDS)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_payload")
    assert unread(alice, talk) == 3
