"""What ``docs/protocol.md`` says where the contract was silent is what the server does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import Person


@pytest.fixture
def talk(alice: Person, bob: Person, kora: Any) -> str:
    """The path of Bob's conversation with Alice about her kora."""
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Hello", "client_id": "first"})
    return f"/conversations/{sent['conversation_id']}"


def block(person: Person, other: Person) -> None:
    assert person.call("PUT", f"/users/{other.id}/block").status_code == 200


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- sending again ----------------------------------------------------------------------------------


def test_a_retry_answers_with_the_message_as_it_is_now(bob: Person, talk: str) -> None:
    again = {"text": "Hello", "client_id": "first"}
    sent = bob.post(f"{talk}/messages", again)["message"]
    edited = bob.patch(f"/messages/{sent['id']}", {"text": "Hello!"})["message"]
    assert bob.post(f"{talk}/messages", again)["message"] == edited
    tombstone = bob.delete(f"/messages/{sent['id']}")["message"]
    assert bob.post(f"{talk}/messages", again)["message"] == tombstone
    assert tombstone["text"] is None


def test_a_retry_is_answered_after_a_closing_and_a_block(
    alice: Person, bob: Person, talk: str
) -> None:
    alice.patch(talk, {"status": "closed"})
    block(alice, bob)
    again = bob.call("POST", f"{talk}/messages", {"text": "Hello", "client_id": "first"})
    assert again.status_code == 200
    other = bob.call("POST", f"{talk}/messages", {"text": "Hello", "client_id": "second"})
    assert refusal(other) == (409, "conversation_closed")


@pytest.mark.parametrize("change", [{"text": "Other"}, {"reply_to_id": 1}])
def test_the_same_client_id_with_another_body_is_a_conflict(
    bob: Person, talk: str, change: Any
) -> None:
    body = {"text": "Hello", "client_id": "first", **change}
    assert refusal(bob.call("POST", f"{talk}/messages", body)) == (409, "conflict")


# --- targets ----------------------------------------------------------------------------------------


def test_targets_may_agree_but_not_contradict_each_other(
    alice: Person, bob: Person, charlie: Person, kora: Any, talk: str
) -> None:
    conversation_id = int(talk.rpartition("/")[2])
    agreeing = {"conversation_id": conversation_id, "product_id": kora["id"]}
    assert alice.post("/messages", {**agreeing, "recipient_id": bob.id, "text": "Hi"})
    about = {"product_id": kora["id"], "recipient_id": alice.id, "text": "Hi"}
    assert bob.post("/messages", about)["conversation_id"] == conversation_id
    wrong = bob.call("POST", "/messages", {**agreeing, "recipient_id": charlie.id, "text": "Hi"})
    assert refusal(wrong) == (422, "invalid_payload")
    assert wrong.json()["details"][0]["field"] == "recipient_id"


def test_an_owner_cannot_write_about_their_product_to_nobody(alice: Person, kora: Any) -> None:
    body = {"product_id": kora["id"], "text": "Hi"}
    assert refusal(alice.call("POST", "/messages", body)) == (403, "forbidden")


# --- blocks and closing -----------------------------------------------------------------------------


def test_a_block_stops_writing_and_nothing_else(alice: Person, bob: Person, talk: str) -> None:
    message = bob.get(f"{talk}/messages")["items"][0]
    block(alice, bob)
    for person in (alice, bob):
        written = person.call("POST", f"{talk}/messages", {"text": "?"})
        assert refusal(written) == (403, "blocked")
        found = person.call("POST", "/conversations", {"recipient_id": person.id})
        assert refusal(found) == (422, "invalid_payload")
    edited = bob.call("PATCH", f"/messages/{message['id']}", {"text": "?"})
    assert refusal(edited) == (403, "blocked")
    assert alice.post(f"{talk}/read", {})["unread_count"] == 0
    typing = {"conversation_id": message["conversation_id"], "is_typing": True}
    assert bob.connect().refused("typing", typing)["code"] == "blocked"
    assert bob.delete(f"/messages/{message['id']}")["message"]["text"] is None
    assert bob.patch(talk, {"archived": True})["archived"]


def test_what_exists_is_found_in_spite_of_a_block(alice: Person, bob: Person, kora: Any) -> None:
    bob.post("/conversations", {"product_id": kora["id"]})
    block(alice, bob)
    assert bob.call("POST", "/conversations", {"product_id": kora["id"]}).status_code == 200
    fresh = bob.call("POST", "/conversations", {"recipient_id": alice.id})
    assert refusal(fresh) == (403, "blocked")


def test_a_block_does_not_stop_a_group(alice: Person, bob: Person, charlie: Person) -> None:
    given = {"participant_ids": [bob.id, charlie.id], "title": "Griots"}
    group = alice.post("/conversations", given)
    block(bob, charlie)
    assert bob.post(f"/conversations/{group['id']}/messages", {"text": "Hi"})


def test_closed_means_no_messages_and_no_edits(alice: Person, bob: Person, talk: str) -> None:
    message = bob.get(f"{talk}/messages")["items"][0]
    bob.patch(talk, {"status": "closed"})
    edited = bob.call("PATCH", f"/messages/{message['id']}", {"text": "?"})
    assert refusal(edited) == (409, "conversation_closed")
    assert bob.delete(f"/messages/{message['id']}")
    assert alice.patch(talk, {"status": "open"})["status"] == "open"
    assert alice.post(f"{talk}/messages", {"text": "Go on"})


# --- groups -----------------------------------------------------------------------------------------


def test_whoever_comes_back_to_a_group_finds_their_marks(
    alice: Person, bob: Person, charlie: Person
) -> None:
    given = {"participant_ids": [bob.id, charlie.id], "title": "Griots"}
    path = f"/conversations/{alice.post('/conversations', given)['id']}"
    alice.post(f"{path}/messages", {"text": "1"})
    bob.post(f"{path}/read", {})
    bob.patch(path, {"muted": True})
    bob.delete(f"{path}/participants/{bob.id}")
    alice.post(f"{path}/messages", {"text": "2"})
    assert bob.call("GET", path).status_code == 404
    alice.post(f"{path}/participants", {"user_id": bob.id})
    back = bob.get(path)
    assert (back["muted"], back["unread_count"], back["last_seq"]) == (True, 1, 2)


def test_a_group_its_creator_left_has_nobody_to_change_it(alice: Person, bob: Person) -> None:
    given = {"participant_ids": [bob.id], "title": "Griots"}
    path = f"/conversations/{alice.post('/conversations', given)['id']}"
    assert alice.call("DELETE", f"{path}/participants/{alice.id}").status_code == 204
    added = bob.call("POST", f"{path}/participants", {"user_id": alice.id})
    assert refusal(added) == (403, "forbidden")
    assert alice.call("GET", path).status_code == 404


def test_only_groups_can_be_left(bob: Person, talk: str) -> None:
    left = bob.call("DELETE", f"{talk}/participants/{bob.id}")
    assert refusal(left) == (403, "forbidden")


def test_a_new_member_reads_the_past_from_the_conversation_not_from_sync(
    alice: Person, bob: Person, charlie: Person
) -> None:
    given = {"participant_ids": [bob.id], "title": "Griots"}
    path = f"/conversations/{alice.post('/conversations', given)['id']}"
    alice.post(f"{path}/messages", {"text": "long ago"})
    cursor = charlie.get("/changes", after=0)["cursor"]
    alice.post(f"{path}/participants", {"user_id": charlie.id})
    changes = charlie.get("/changes", after=cursor)
    assert len(changes["conversations"]) == 1
    assert changes["messages"] == []
    assert [m["text"] for m in charlie.get(f"{path}/messages")["items"]] == ["long ago"]


# --- doing nothing ----------------------------------------------------------------------------------


def test_what_is_so_already_tells_nobody(alice: Person, bob: Person, talk: str) -> None:
    message = bob.get(f"{talk}/messages")["items"][0]
    heard = []
    for _ in range(2):
        listener = alice.connect()
        listener.ok("join_conversation", {"conversation_id": message["conversation_id"]})
        alice.post(f"{talk}/read", {})
        alice.patch(talk, {"archived": True, "status": "closed"})
        bob.delete(f"/messages/{message['id']}")
        listener.settle()
        heard.append({name for name, _ in listener.heard} - {"ready"})
    assert heard == [{"messages_read", "conversation_updated", "message_deleted"}, set()]


def test_archived_stays_archived_and_muted_counts(alice: Person, bob: Person, talk: str) -> None:
    alice.patch(talk, {"archived": True, "muted": True})
    bob.post(f"{talk}/messages", {"text": "Still there?"})
    found = alice.get(talk)
    assert (found["archived"], found["unread_count"]) == (True, 2)
    assert alice.connect().wait_for("ready")["unread_total"] == 2


def test_null_empties_a_price_and_leaves_a_title(alice: Person, kora: Any) -> None:
    changed = alice.patch(f"/products/{kora['id']}", {"price": None, "title": None})
    assert (changed["price"], changed["title"]) == (None, kora["title"])


# --- HTTP -------------------------------------------------------------------------------------------


def test_http_refuses_paths_and_methods_in_our_words(bob: Person) -> None:
    assert refusal(bob.call("GET", "/nowhere")) == (404, "not_found")
    assert refusal(bob.call("DELETE", "/products")) == (405, "invalid_payload")
    assert refusal(bob.call("GET", "/users?limt=3")) == (422, "invalid_payload")
    assert refusal(bob.call("POST", f"/conversations/{2**60}/read", {}))[0] == 404


def test_an_answer_is_never_kept_by_a_cache(bob: Person) -> None:
    assert bob.call("GET", "/auth/me").headers["Cache-Control"] == "no-store"
