"""Namespace ``/talemy``: its events and payloads, and one conversation with people on ``/``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs import schemas
from tests.support.both import connect_both
from tests.support.client_state import kinds, snake
from tests.support.features import parts
from tests.support.people import Person

STARTS_AT = "2026-12-01T17:30:00.000Z"
MESSAGE_KEYS = {
    "id", "conversationId", "seq", "revision", "clientId", "sender", "text", "replyTo",
    "createdAt", "editedAt", "deletedAt",
}  # fmt: skip


def keys_of(value: Any) -> Iterator[str]:
    """Every key in a JSON value, all the way down."""
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from keys_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item)


def snake_keys(value: Any) -> list[str]:
    """Keys that do not belong on ``/talemy``."""
    return [key for key in keys_of(value) if "_" in key]


@pytest.mark.usefixtures("outsiders")
def test_a_message_from_talemy_reaches_everybody_in_their_own_words(
    alice: Person, bob: Person, direct: int
) -> None:
    sending, second_tab = bob.connect("/talemy"), bob.connect("/talemy")
    new_app, old_app = alice.connect("/talemy"), alice.connect("/")
    joined = new_app.ok("conversation:join", {"conversationId": direct})
    assert set(joined) == {"conversation", "messages", "hasMore"}
    elsewhere = alice.connect("/talemy")  # has not joined, and hears it all the same

    sent = sending.ok(
        "message:send", {"conversationId": direct, "text": "Salut !", "clientId": "m1"}
    )
    assert set(sent) == {"message", "conversationId"}
    assert set(sent["message"]) == MESSAGE_KEYS
    assert (sent["message"]["clientId"], sent["conversationId"]) == ("m1", direct)
    revision = sent["message"]["revision"]

    for tab in (sending, second_tab):
        assert tab.wait_for("message:sent") == {**sent, "revision": revision}
    for tab in (new_app, elsewhere):
        assert tab.wait_for("message:new") == {**sent, "unreadCount": 1, "revision": revision}
    told = old_app.wait_for("message_notification")
    assert (told["message"]["client_id"], told["unread_count"]) == ("m1", 1)
    assert told["message"]["id"] == sent["message"]["id"]

    for tab in (sending, second_tab, new_app, elsewhere):
        tab.settle()
    assert all(tab.all("message:new") == [] for tab in (sending, second_tab))
    assert all(tab.all("message:sent") == [] for tab in (new_app, elsewhere))
    assert len(elsewhere.all("message:new")) == 1


@pytest.mark.usefixtures("outsiders")
def test_a_message_from_the_marketplace_or_rest_reaches_talemy(
    alice: Person, bob: Person, direct: int
) -> None:
    sender, own_tab, reader = bob.connect("/"), bob.connect("/talemy"), alice.connect("/talemy")
    first = sender.ok("send_message", {"conversation_id": direct, "text": "From the app"})
    bob.post(f"/conversations/{direct}/messages", {"text": "From REST"})
    for event, tab in (("message:new", reader), ("message:sent", own_tab)):
        tab.wait_for(event, lambda p: p["message"]["text"] == "From REST")
        texts = [payload["message"]["text"] for payload in tab.all(event)]
        assert texts == ["From the app", "From REST"]
    assert [payload["unreadCount"] for payload in reader.all("message:new")] == [1, 2]

    answer = reader.ok(
        "message:send",
        {"conversationId": direct, "text": "Got it", "replyToId": first["message"]["id"]},
    )
    assert answer["message"]["replyTo"] == {
        "id": first["message"]["id"],
        "senderId": bob.id,
        "excerpt": "From the app",
    }
    told = sender.wait_for("message_notification")
    assert told["message"]["reply_to"]["excerpt"] == "From the app"


def test_a_retry_on_talemy_is_answered_with_the_first_message_and_told_to_nobody(
    alice: Person, bob: Person, direct: int
) -> None:
    sender, reader = bob.connect("/talemy"), alice.connect("/talemy")
    body = {"conversationId": direct, "text": "Once", "clientId": "same"}
    assert sender.ok("message:send", body) == sender.ok("message:send", body)
    assert sender.refused("message:send", {**body, "text": "Twice"})["code"] == "conflict"
    sender.settle()
    reader.settle()
    assert (len(sender.all("message:sent")), len(reader.all("message:new"))) == (1, 1)


def test_joining_with_after_seq_brings_what_follows(
    alice: Person, bob: Person, direct: int
) -> None:
    sender, reader = bob.connect("/talemy"), alice.connect("/talemy")
    for number in (1, 2, 3):
        sender.ok("message:send", {"conversationId": direct, "text": f"{number}"})
    joined = reader.ok("conversation:join", {"conversationId": direct, "afterSeq": 1})
    assert [message["seq"] for message in joined["messages"]] == [2, 3]
    assert joined["conversation"]["unreadCount"] == 3
    assert reader.ok("conversation:leave", {"conversationId": direct}) == {}
    sender.ok("message:send", {"conversationId": direct, "text": "4"})
    reader.wait_for("message:new", lambda payload: payload["message"]["text"] == "4")


@pytest.mark.usefixtures("outsiders")
def test_lessons_reach_teacher_and_student_on_every_tab(alice: Person, bob: Person) -> None:
    tabs = [p.connect("/talemy") for p in (alice, alice, bob, bob)]
    old_app = bob.connect("/")
    body = {"student_id": bob.id, "title": "Kora, first steps", "starts_at": STARTS_AT}
    lesson = alice.post("/lessons", body)
    for tab in tabs:
        told = tab.wait_for("lesson:created")
        assert set(told) == {"lesson", "revision"}
        assert told["revision"] == told["lesson"]["revision"] == lesson["revision"]
        assert set(told["lesson"]) == {
            "id", "title", "teacher", "student", "startsAt", "durationMinutes", "status",
            "conversationId", "revision", "createdAt",
        }  # fmt: skip
        assert told["lesson"]["startsAt"] == STARTS_AT
        assert told["lesson"]["conversationId"] == lesson["conversation_id"]
        assert told["lesson"]["teacher"]["avatarUrl"] is None

    ways = {"confirmed": ("scheduled", bob), "completed": ("confirmed", alice)}
    for status, (previous, person) in ways.items():
        changed = person.patch(f"/lessons/{lesson['id']}", {"status": status})
        for tab in tabs:
            told = tab.wait_for(
                "lesson:statusUpdated", lambda p, status=status: p["lesson"]["status"] == status
            )
            assert set(told) == {"lesson", "previousStatus", "revision"}
            assert (told["previousStatus"], told["revision"]) == (previous, changed["revision"])

    old_app.settle()
    heard = [name for name, _ in old_app.heard if not name.startswith("user_")]
    assert heard == ["ready", "conversation_updated"]


def test_what_was_told_adds_up_to_what_would_be_fetched(alice: Person, bob: Person) -> None:
    tab = bob.connect("/talemy")
    cursor = tab.wait_for("ready")["cursor"]
    body = {"student_id": bob.id, "title": "Kora", "starts_at": STARTS_AT}
    for ways in ((), ("confirmed",), ("cancelled",), ("confirmed", "completed")):
        lesson = alice.post("/lessons", body)
        for status in ways:
            alice.patch(f"/lessons/{lesson['id']}", {"status": status})
    fetched = tab.ok("sync", {"after": cursor})
    told = {p["lesson"]["id"]: p["lesson"] for _, p in tab.heard if p and "lesson" in p}
    assert len(told) == 4
    assert told == {lesson["id"]: lesson for lesson in fetched["lessons"]}


def test_everything_on_talemy_is_camel_case_and_ids_are_integers(
    alice: Person, bob: Person, kora: Any
) -> None:
    reader = alice.connect("/talemy")
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Still for sale?"})
    for thing in parts("things").values():
        thing.change(alice, thing.make(alice, bob))
    bob.post(f"/conversations/{sent['conversation_id']}/read", {})
    answers = {
        "join": reader.call("conversation:join", {"conversationId": sent["conversation_id"]}),
        "sync": reader.call("sync", {"after": 0}),
        "authenticate": reader.call("authenticate", {"token": alice.token}),
        "refusal": reader.call("message:send", {"conversationId": "x"}),
    }
    changes = answers["sync"]["data"]
    assert set(snake(changes)) == {
        *kinds(), "removed_conversation_ids", "cursor", "has_more", "reset",
    }  # fmt: skip
    assert all(snake(changes)[kind] for kind in kinds()), "a kind is empty: its keys go unseen"
    assert set(answers["authenticate"]["data"]) == {"expiresAt"}
    assert set(reader.wait_for("ready")) == {
        "user", "cursor", "unreadTotal", "onlineUserIds", "tokenExpiresAt", "serverTime",
    }  # fmt: skip
    reader.settle()
    reducers = parts("client_state")
    events = {event for feature in parts("things") for event in reducers[feature].EVENTS}
    events &= set(schemas.namespace("/talemy")["serverEvents"])
    assert {name for name, _ in reader.heard} >= {"message:new", *events}
    assert snake_keys([answers, [payload for _, payload in reader.heard]]) == []
    # The same question over REST has the keys that were looked for.
    assert snake_keys(alice.get("/changes", after=0)) != []
    for lesson in changes["lessons"]:
        assert type(lesson["id"]) is type(lesson["teacher"]["id"]) is int
    assert type(changes["messages"][0]["sender"]["id"]) is int


def test_somebody_removed_from_a_group_hears_nothing_more_on_talemy(
    alice: Person, bob: Person, charlie: Person
) -> None:
    body = {"title": "Kora players", "participant_ids": [bob.id, charlie.id]}
    group = alice.post("/conversations", body)["id"]
    staying, leaving = bob.connect("/talemy"), charlie.connect("/talemy")
    leaving.ok("conversation:join", {"conversationId": group})
    for number, (tab, person) in enumerate(((leaving, charlie), (staying, bob))):
        alice.post(f"/conversations/{group}/messages", {"text": f"{number}"})
        tab.wait_for("message:new", lambda p, n=number: p["message"]["text"] == f"{n}")
        if person is charlie:
            alice.delete(f"/conversations/{group}/participants/{charlie.id}")
    leaving.settle()
    assert [payload["message"]["text"] for payload in leaving.all("message:new")] == ["0"]
    assert leaving.refused("conversation:join", {"conversationId": group})["code"] == "not_found"


def test_one_websocket_carries_both_namespaces(alice: Person, bob: Person, direct: int) -> None:
    marketplace, talemy = connect_both(alice)
    buyer = bob.connect("/")
    assert marketplace.client.eio is talemy.client.eio
    marketplace.ok("join_conversation", {"conversation_id": direct})
    buyer.ok("send_message", {"conversation_id": direct, "text": "Hello"})
    assert marketplace.wait_for("new_message")["message"]["text"] == "Hello"
    assert talemy.wait_for("message:new")["message"]["text"] == "Hello"

    talemy.ok("message:send", {"conversationId": direct, "text": "Both at once"})
    assert talemy.wait_for("message:sent")["message"]["text"] == "Both at once"
    marketplace.wait_for("new_message", lambda p: p["message"]["text"] == "Both at once")
    assert buyer.wait_for("message_notification")["message"]["text"] == "Both at once"
    for half in (marketplace, talemy):
        half.settle()
    assert not [name for name, _ in marketplace.heard if ":" in name]
    assert not [name for name, _ in talemy.heard if name.startswith(("new_", "message_"))]


def test_signing_out_ends_both_namespaces_of_a_websocket(alice: Person) -> None:
    halves = connect_both(alice)
    alice.post("/auth/logout")
    for half in halves:
        assert half.wait_for("session_ended")["code"] == "token_revoked"
        half.wait_for("disconnect")
