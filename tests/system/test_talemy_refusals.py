"""What ``/talemy`` refuses, and how it says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.people import Person, Socket
from tests.support.server import Server


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"conversationId": 1, "text": "Hi", "colour": "red"}, "colour"),
        ({"conversation_id": 1, "text": "Hi"}, "conversationId"),
        ({"conversationId": 1, "text": "Hi", "reply_to_id": 2}, "replyToId"),
        ({"conversationId": 1, "text": "Hi", "replyToId": "2"}, "replyToId"),
        ({"conversationId": 1, "text": "Hi", "senderId": 2}, "senderId"),
        ({"text": "Hi"}, "conversationId"),
        ({"productId": 1, "text": "Hi", "conversationId": 1}, "productId"),
        (["conversationId", 1], "payload"),
        ("Hi", "payload"),
    ],
)
def test_a_wrong_field_is_named_as_talemy_writes_it(
    talemy_tab: Socket, payload: Any, field: str
) -> None:
    refusal = talemy_tab.refused("message:send", payload)
    assert refusal["code"] == "invalid_payload"
    assert field in [found["field"] for found in refusal["details"]]


@pytest.fixture(scope="module")
def talemy_tab(server: Server) -> Iterator[Socket]:
    """A connection for tests that leave nothing behind."""
    person = Person(server, "Dora")
    yield person.connect("/talemy")
    person.close()


def test_each_namespace_knows_its_own_events_only(alice: Person, direct: int) -> None:
    talemy, marketplace = alice.connect("/talemy"), alice.connect("/")
    for socket, names in (
        (talemy, ("send_message", "join_conversation", "mark_messages_read", "typing")),
        (marketplace, ("message:send", "conversation:join", "conversation:leave")),
    ):
        for name in names:
            assert socket.refused(name, {"conversationId": direct})["code"] == "invalid_payload"


def test_an_outsider_neither_joins_nor_sends_on_talemy(
    charlie: Person, alice: Person, direct: int
) -> None:
    outsider, insider = charlie.connect("/talemy"), alice.connect("/talemy")
    for event, more in (("conversation:join", {}), ("message:send", {"text": "Hi"})):
        insider.ok(event, {"conversationId": direct, **more})
        assert outsider.refused(event, {"conversationId": direct, **more}) == outsider.refused(
            event, {"conversationId": 2**52, **more}
        )
        assert outsider.refused(event, {"conversationId": direct, **more})["code"] == "not_found"


def test_a_refusal_without_an_acknowledgement_is_an_error_event(alice: Person, direct: int) -> None:
    socket = alice.connect("/talemy")
    socket.emit("message:send", {"conversationId": direct, "text": ""})
    told = socket.wait_for("error")
    assert (told["event"], told["code"]) == ("message:send", "invalid_payload")
    assert told["message"]
