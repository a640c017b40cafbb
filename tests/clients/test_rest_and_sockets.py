"""REST is complete, and what it changes reaches every open socket; a third person gets nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Connect
from tests.clients.talk import KINDS, heard_by_all
from tests.support.client_state import kinds
from tests.support.people import Person

pytestmark = pytest.mark.system


@pytest.fixture
def talk(alice: Person, bob: Person, kora: Any) -> Any:
    """Bob has asked about the kora: the acknowledgement's ``data``."""
    return bob.post("/messages", {"product_id": kora["id"], "text": "Still for sale?"})


def test_what_rest_does_every_socket_hears(
    alice: Person, bob: Person, talk: Any, connect: Connect
) -> None:
    conversation_id, asked = talk["conversation_id"], talk["message"]
    path = f"/conversations/{conversation_id}"
    sockets = [connect(alice, kind) for kind in KINDS]
    for socket in sockets:
        socket.ok("join_conversation", {"conversation_id": conversation_id})

    sent = bob.call("POST", f"{path}/messages", {"text": "Hello?", "client_id": "h"})
    assert sent.status_code == 201
    message = sent.json()["message"]
    told = heard_by_all(sockets, "new_message")
    assert told == {"message": message, "revision": message["revision"]}

    edited = bob.patch(f"/messages/{message['id']}", {"text": "Good day?"})["message"]
    assert heard_by_all(sockets, "message_edited")["message"] == edited
    read = alice.post(f"{path}/read", {"up_to_seq": 2})
    assert heard_by_all(sockets, "messages_read")["last_read_seq"] == read["last_read_seq"] == 2
    gone = bob.delete(f"/messages/{message['id']}")["message"]
    deleted = heard_by_all(sockets, "message_deleted")
    assert (deleted["deleted_at"], deleted["revision"]) == (gone["deleted_at"], gone["revision"])
    alice.delete(f"/messages/{asked['id']}", scope="me")
    assert heard_by_all(sockets, "message_deleted", lambda d: d["scope"] == "me")["seq"] == 1
    closed = bob.patch(path, {"status": "closed"})
    seen = heard_by_all(sockets, "conversation_updated")["conversation"]
    assert seen["status"] == closed["status"] == "closed"
    assert seen == alice.get(path)


def test_conversations_are_opened_once_and_listed_as_they_are(
    alice: Person, bob: Person, kora: Any, connect: Connect
) -> None:
    sockets = [connect(alice, kind) for kind in KINDS]
    for target in ({"product_id": kora["id"]}, {"recipient_id": alice.id}):
        opened = bob.call("POST", "/conversations", target)
        again = bob.call("POST", "/conversations", target)
        assert (opened.status_code, again.status_code) == (201, 200)
        assert opened.json() == again.json()
        wanted = opened.json()["id"]
        told = heard_by_all(
            sockets, "conversation_updated", lambda d, w=wanted: d["conversation"]["id"] == w
        )
        assert told["conversation"] == alice.get(f"/conversations/{wanted}")
        assert alice.get("/conversations")["items"][0] == told["conversation"]
    about_product, direct = (view["id"] for view in reversed(bob.get("/conversations")["items"]))
    bob.post(f"/conversations/{about_product}/messages", {"text": "This one moves up"})
    listed = alice.get("/conversations", limit=1)
    assert [view["id"] for view in listed["items"]] == [about_product]
    rest = alice.get("/conversations", limit=1, cursor=listed["next_cursor"])
    assert [view["id"] for view in rest["items"]] == [direct]
    bob.patch(f"/conversations/{direct}", {"archived": True})
    assert [view["id"] for view in bob.get("/conversations", archived="true")["items"]] == [direct]


def test_a_long_conversation_is_read_in_pages(alice: Person, bob: Person, talk: Any) -> None:
    conversation_id = talk["conversation_id"]
    path = f"/conversations/{conversation_id}/messages"
    for number in range(2, 13):
        sent = alice.post(path, {"text": f"Number {number}"})["message"]
        assert sent["seq"] == number
    newest = bob.get(path, limit=5)
    assert [m["seq"] for m in newest["items"]] == [8, 9, 10, 11, 12]
    older = bob.get(path, limit=5, before_seq=newest["next_cursor"])
    assert [m["seq"] for m in older["items"]] == [3, 4, 5, 6, 7]
    onward = bob.get(path, limit=10, after_seq=4)
    assert [m["seq"] for m in onward["items"]] == [5, 6, 7, 8, 9, 10, 11, 12]
    assert onward["next_cursor"] is None


def test_people_products_and_sign_in(alice: Person, bob: Person, kora: Any) -> None:
    assert alice.get("/auth/me")["email"] == alice.email
    found = bob.get("/users", q="alic")["items"]
    assert {person["name"] for person in found} == {"Alice"}
    assert bob.get(f"/users/{alice.id}")["name"] == "Alice"
    assert bob.get(f"/products/{kora['id']}") == kora
    changed = alice.patch(f"/products/{kora['id']}", {"price": "440", "status": "reserved"})
    assert (changed["price"], changed["status"]) == ("440.00", "reserved")
    assert bob.get("/products", owner_id=alice.id)["items"][0]["id"] == kora["id"]
    body = {"email": alice.email, "password": "correct horse battery"}
    signed_in = alice.call("POST", "/auth/login", body)
    assert signed_in.status_code == 200
    assert set(signed_in.json()) == {"user", "access_token", "refresh_token", "expires_in"}


def test_a_refresh_token_used_twice_ends_the_session_and_its_sockets(
    alice: Person, connect: Connect
) -> None:
    sockets = [connect(alice, kind) for kind in KINDS]
    stolen = alice.refresh_token
    for _ in range(2):  # the answer to the last rotation may be asked for again; older ones not
        alice.keep(alice.call("POST", "/auth/refresh", token=alice.refresh_token).json())
    assert alice.call("POST", "/auth/refresh", token=stolen).json()["code"] == "token_revoked"
    assert heard_by_all(sockets, "session_ended")["code"] == "token_revoked"
    assert alice.call("GET", "/auth/me").json()["code"] == "token_revoked"


@pytest.mark.parametrize("kind", KINDS)
def test_a_third_person_finds_nothing_and_hears_nothing(
    alice: Person, bob: Person, charlie: Person, talk: Any, connect: Connect, kind: str
) -> None:
    conversation_id, message_id = talk["conversation_id"], talk["message"]["id"]
    outsider, insider = connect(charlie, kind), connect(alice, kind)
    here, this = {"conversation_id": conversation_id}, {"message_id": message_id}
    for event, payload in (
        ("join_conversation", here),
        ("send_message", {**here, "text": "Let me in"}),
        ("mark_messages_read", here),
        ("typing", {**here, "is_typing": True}),
        ("edit_message", {**this, "text": "Changed"}),
        ("delete_message", this),
        ("delete_message", {**this, "scope": "me"}),
    ):
        assert outsider.refused(event, payload)["code"] == "not_found", event
    outsider.ok("leave_conversation", here)  # leaving what one has not joined tells nothing
    everything = outsider.ok("sync", {"after": 0})
    assert [everything[kind] for kind in kinds()] == [[] for _ in kinds()]
    path = f"/conversations/{conversation_id}"
    for method, where, body in (
        ("GET", path, None),
        ("PATCH", path, {"status": "closed"}),
        ("GET", f"{path}/messages", None),
        ("POST", f"{path}/messages", {"text": "Let me in"}),
        ("POST", f"{path}/read", {}),
        ("POST", f"{path}/participants", {"user_id": charlie.id}),
        ("DELETE", f"{path}/participants/{charlie.id}", None),
        ("PATCH", f"/messages/{message_id}", {"text": "Changed"}),
        ("DELETE", f"/messages/{message_id}", None),
        ("DELETE", f"/messages/{message_id}?scope=me", None),
    ):
        answer = charlie.call(method, where, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, where)
    assert charlie.get("/conversations")["items"] == []
    assert charlie.get("/changes", after=0)["messages"] == []

    insider.ok("join_conversation", here)
    bob.post(f"{path}/messages", {"text": "Nobody else is here"})
    bob.patch(path, {"status": "closed"})
    insider.wait_for("new_message")  # there was something to hear, and a way to hear it
    insider.wait_for("conversation_updated")
    outsider.settle()
    assert {name for name, _ in outsider.heard} <= {"ready", "transport"}
    assert alice.get(path)["last_message"]["text"] == "Nobody else is here"
