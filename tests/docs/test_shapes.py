"""What the running server really sends is what the code declares: every key, every type.

One story is told to the end over both namespaces and REST, and every word of the server is looked
at. The last tests make sure that nothing was left out of the story.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs import schemas
from tests.docs.watching import Seen, WatchedPerson
from tests.support import tokens
from tests.support.people import PASSWORD
from tests.support.server import Server


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """All that was seen while the story was told."""
    watched = Seen()
    schemas.catalogue()  # asked now, each in a process of its own,
    schemas.openapi()  # so that nobody waits for them in the middle of the story
    folder = tmp_path_factory.mktemp("shapes")
    with Server(folder) as server:
        cast = {n: WatchedPerson(server, n, watched) for n in ("Alice", "Bob", "Charlie")}
        _tell(**cast)
        for person in cast.values():
            person.close()
        yield watched


def _tell(Alice: WatchedPerson, Bob: WatchedPerson, Charlie: WatchedPerson) -> None:
    sockets = {(p, n): p.connect(n) for p in (Alice, Bob) for n in ("/", "/talemy")}
    seller, buyer, talemy = sockets[Alice, "/"], sockets[Bob, "/"], sockets[Bob, "/talemy"]
    product = _products(Alice)
    conversation_id = _messages(seller, buyer, product)
    _rest_messages(Alice, Bob, conversation_id)
    _talemy(talemy, conversation_id)
    _people(Alice, Bob, Charlie, seller)
    _lessons_and_contacts(Alice, Bob)
    _refusals(Alice, Charlie, conversation_id, seller, talemy)
    _health(Alice)
    _sessions(Alice, Bob, Charlie, sockets)


def _products(owner: WatchedPerson) -> Any:
    made = owner.post("/products", {"title": "Kora", "price": "450", "description": "21 strings"})
    owner.post("/products", {"title": "Ngoni"})
    owner.patch(f"/products/{made['id']}", {"image_url": "https://example.org/kora.jpg"})
    owner.get(f"/products/{made['id']}")
    assert owner.get("/products", limit=1)["next_cursor"]
    return made


def _messages(seller: Any, buyer: Any, product: Any) -> int:
    sent = buyer.ok("send_message", {"product_id": product["id"], "text": "Still for sale?"})
    target = {"conversation_id": sent["conversation_id"]}
    seller.wait_for("message_notification")
    seller.ok("join_conversation", target)
    buyer.ok("join_conversation", {**target, "after_seq": 0})
    reply = {**target, "text": "Yes", "client_id": "1", "reply_to_id": sent["message"]["id"]}
    answer = seller.ok("send_message", reply)["message"]
    seller.ok("send_message", reply)
    seller.ok("mark_messages_read", target)
    buyer.ok("typing", {**target, "is_typing": True})
    seller.wait_for("typing")
    seller.ok("edit_message", {"message_id": answer["id"], "text": "Yes!"})
    buyer.ok("delete_message", {"message_id": answer["id"], "scope": "me"})
    buyer.ok("delete_message", {"message_id": sent["message"]["id"]})
    seller.wait_for("message_deleted")
    buyer.ok("sync", {"after": 0})
    seller.ok("sync", {"after": 2**53 - 1})
    buyer.ok("leave_conversation", target)
    return int(sent["conversation_id"])


def _rest_messages(alice: WatchedPerson, bob: WatchedPerson, conversation_id: int) -> None:
    path = f"/conversations/{conversation_id}"
    for _ in range(2):
        sent = bob.post(f"{path}/messages", {"text": "By REST", "client_id": "r1"})["message"]
        bob.post("/messages", {"recipient_id": alice.id, "text": "Hello", "client_id": "r2"})
    bob.patch(f"/messages/{sent['id']}", {"text": "By REST, edited"})
    bob.delete(f"/messages/{sent['id']}", scope="everyone")
    alice.get(f"{path}/messages", limit=1)
    alice.post(f"{path}/read", {})
    alice.get(path)
    alice.patch(path, {"archived": True, "muted": True})
    alice.get("/conversations", limit=1)
    alice.get("/changes", after=0, limit=1)


def _talemy(talemy: Any, conversation_id: int) -> None:
    talemy.ok("conversation:join", {"conversationId": conversation_id})
    talemy.ok("message:send", {"conversationId": conversation_id, "text": "From Talemy"})
    talemy.ok("conversation:leave", {"conversationId": conversation_id})
    talemy.ok("sync", {"after": 0})


def _people(alice: WatchedPerson, bob: WatchedPerson, charlie: WatchedPerson, seller: Any) -> None:
    group = alice.post("/conversations", {"participant_ids": [bob.id], "title": "Griots"})
    for _ in range(2):
        alice.post(f"/conversations/{group['id']}/participants", {"user_id": charlie.id})
        alice.post("/conversations", {"recipient_id": charlie.id})
    there = charlie.connect()
    seller.wait_for("user_online", lambda told: told["user_id"] == charlie.id)
    alice.delete(f"/conversations/{group['id']}/participants/{charlie.id}")
    there.wait_for("conversation_removed")
    there.close()
    seller.wait_for("user_offline", lambda told: told["user_id"] == charlie.id)
    alice.get("/presence", user_ids=f"{bob.id},{charlie.id}")
    alice.get(f"/users/{charlie.id}")
    alice.get("/users", q="o", limit=1)
    alice.call("PUT", f"/users/{charlie.id}/block")
    alice.get("/blocks")
    alice.delete(f"/users/{charlie.id}/block")


def _lessons_and_contacts(alice: WatchedPerson, bob: WatchedPerson) -> None:
    starts = {"title": "First steps", "starts_at": "2026-12-01T18:00:00+01:00"}
    lesson = alice.post("/lessons", {"student_id": bob.id, **starts})
    bob.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    bob.get(f"/lessons/{lesson['id']}")
    bob.get("/lessons")
    wish = bob.post("/contact-requests", {"recipient_id": alice.id, "message": "May I?"})
    assert bob.call("POST", "/contact-requests", {"recipient_id": alice.id}).status_code == 409
    alice.patch(f"/contact-requests/{wish['id']}", {"status": "accepted"})
    alice.get(f"/contact-requests/{wish['id']}")
    alice.get("/contact-requests")
    bob.get("/changes", after=0)


def _refusals(
    alice: WatchedPerson, charlie: WatchedPerson, conversation_id: int, seller: Any, talemy: Any
) -> None:
    charlie.call("GET", f"/conversations/{conversation_id}")
    charlie.call("GET", "/users", token="broken")
    charlie.call("POST", "/products", {"title": ""})
    charlie.call("POST", "/messages", {"text": "x" * 70_000})
    assert charlie.call("PATCH", f"/conversations/{conversation_id}", {}).status_code == 422
    seller.refused("typing", {"conversation_id": "12", "is_typing": True, "more": 1})
    for _ in range(31):
        last = seller.call("typing", {"conversation_id": conversation_id, "is_typing": False})
    assert last["error"]["code"] == "rate_limited"
    talemy.refused("message:send", {"conversationId": 2**52, "text": "?"})
    for listener in (seller, talemy):
        listener.emit("no_such_event", {})
        listener.wait_for("error")
    wrong = {"email": "nobody@example.org", "password": "wrong"}
    codes = {charlie.call("POST", "/auth/login", wrong).status_code for _ in range(11)}
    assert codes == {401, 429}


def _health(person: WatchedPerson) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        person.seen.answer(person.http.get(person.server.url + path, timeout=30))


def _sessions(
    alice: WatchedPerson, bob: WatchedPerson, charlie: WatchedPerson, sockets: Any
) -> None:
    alice.get("/auth/me")
    alice.keep(alice.post("/auth/login", {"email": alice.email, "password": PASSWORD}))
    ending = tokens.changed(alice.server, alice.token, exp=int(time.time()) + 50)
    for namespace in ("/", "/talemy"):
        sockets[alice, namespace].ok("authenticate", {"token": ending})
        sockets[alice, namespace].wait_for("token_expiring")  # a minute before, so at once
    answer = charlie.call("POST", "/auth/refresh", token=charlie.refresh_token)
    assert answer.status_code == 200
    body = {"email": "new@example.org", "password": PASSWORD, "name": "New", "locale": "fr"}
    assert charlie.call("POST", "/auth/register", body).status_code == 201
    assert charlie.call("POST", "/auth/register", body).status_code == 409
    bob.call("POST", "/auth/logout")
    for namespace in ("/", "/talemy"):
        sockets[bob, namespace].wait_for("session_ended")
    assert bob.call("GET", "/auth/me").status_code == 401


def test_nothing_differs_from_what_is_declared(seen: Seen) -> None:
    assert seen.wrong == []


@pytest.mark.parametrize("namespace", ["/", "/talemy"])
def test_every_event_was_heard_and_acknowledged(seen: Seen, namespace: str) -> None:
    wire = schemas.namespace(namespace)
    heard = {name for space, name in seen.events if space == namespace}
    assert set(wire["serverEvents"]) - heard == set()
    acknowledged = {name for space, name in seen.acknowledged if space == namespace}
    assert set(wire["clientEvents"]) - acknowledged == set()


def test_every_route_has_answered_in_every_way_that_succeeds(seen: Seen) -> None:
    declared = {
        (method.upper(), path, int(status))
        for path, operations in schemas.openapi()["paths"].items()
        for method, operation in operations.items()
        for status in operation["responses"]
        if status.startswith("2")
    }
    assert declared - seen.answers == set()


def test_refusals_were_among_it(seen: Seen) -> None:
    statuses = {status for _, _, status in seen.answers}
    assert {401, 404, 409, 413, 422, 429} <= statuses
    codes = {code for _, code in seen.refused}
    assert {"invalid_payload", "rate_limited", "not_found"} <= codes
