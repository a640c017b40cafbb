"""What a reply shows of its original: what its reader may still see of it, as it is now."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import Person


@pytest.fixture
def reply(alice: Person, bob: Person, kora: Any) -> Any:
    """Alice's answer to Bob's question."""
    asked = bob.post("/messages", {"product_id": kora["id"], "text": "Still\n  for sale?"})
    answer = {"text": "Yes", "reply_to_id": asked["message"]["id"]}
    return alice.post(f"/conversations/{asked['conversation_id']}/messages", answer)["message"]


def quoted(person: Person, reply: Any) -> Any:
    path = f"/conversations/{reply['conversation_id']}/messages"
    return person.get(path)["items"][-1]["reply_to"]["excerpt"]


def test_a_quote_follows_the_edited_original(alice: Person, bob: Person, reply: Any) -> None:
    assert quoted(alice, reply) == "Still for sale?"
    bob.patch(f"/messages/{reply['reply_to']['id']}", {"text": "x" * 141})
    assert quoted(alice, reply) == "x" * 139 + "…"


def test_a_quote_of_a_deleted_message_is_empty(alice: Person, bob: Person, reply: Any) -> None:
    bob.delete(f"/messages/{reply['reply_to']['id']}")
    assert quoted(alice, reply) is None
    assert quoted(bob, reply) is None


def test_what_one_deleted_for_oneself_is_not_quoted_to_one(
    alice: Person, bob: Person, reply: Any
) -> None:
    alice.delete(f"/messages/{reply['reply_to']['id']}", scope="me")
    assert quoted(alice, reply) is None
    assert quoted(bob, reply) == "Still for sale?"
