"""Contact requests: who sees them, who answers them, and what an acceptance opens."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.people import Person
from tests.support.server import Server

ANSWERS = ("accepted", "declined", "cancelled")


def ask(sender: Person, recipient: Person, **given: Any) -> Any:
    """A new contact request."""
    return sender.post("/contact-requests", {"recipient_id": recipient.id, **given})


def answer_with(sender: Person, recipient: Person, request: Any, status: str) -> Any:
    """The request after the one of the two who may has brought it to a status."""
    person = sender if status == "cancelled" else recipient
    return person.patch(f"/contact-requests/{request['id']}", {"status": status})


def problem(person: Person, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Status and code of a request that must be refused."""
    answer = person.call(method, path, body)
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


@pytest.fixture(scope="module")
def pair(server: Server) -> Iterator[tuple[Person, Person]]:
    """Alice and Bob once for all tests that leave nothing unfinished: signing up takes its time."""
    alice, bob = Person(server, "Alice"), Person(server, "Bob")
    yield alice, bob
    alice.close()
    bob.close()


def test_a_request_is_answered_with_201_and_itself(alice: Person, bob: Person) -> None:
    body = {"recipient_id": alice.id, "message": "I would like to learn the kora."}
    answer = bob.call("POST", "/contact-requests", body)
    assert answer.status_code == 201
    request = answer.json()
    assert set(request) == {
        "id", "sender", "recipient", "message", "status", "conversation_id", "revision", "created_at",
    }  # fmt: skip
    assert (request["sender"]["id"], request["recipient"]["id"]) == (bob.id, alice.id)
    assert request["message"] == body["message"]
    assert (request["status"], request["conversation_id"]) == ("pending", None)
    path = f"/contact-requests/{request['id']}"
    assert alice.get(path) == bob.get(path) == request


def test_accepting_opens_the_direct_conversation(alice: Person, bob: Person) -> None:
    sender, recipient = bob.connect(), alice.connect()
    request = ask(bob, alice)
    sender.settle()
    assert sender.all("conversation_updated") == []
    accepted = alice.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})
    assert accepted["status"] == "accepted"
    conversation = bob.get(f"/conversations/{accepted['conversation_id']}")
    assert conversation["kind"] == "direct"
    assert {p["user"]["id"] for p in conversation["participants"]} == {alice.id, bob.id}
    for heard in (sender, recipient):
        told = heard.wait_for("conversation_updated")
        assert told["conversation"]["id"] == accepted["conversation_id"]
    again = bob.call("POST", "/conversations", {"recipient_id": alice.id})
    assert (again.status_code, again.json()["id"]) == (200, accepted["conversation_id"])


def test_accepting_reuses_the_conversation_there_is(alice: Person, bob: Person) -> None:
    conversation = alice.post("/conversations", {"recipient_id": bob.id})
    request = ask(bob, alice)
    accepted = alice.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})
    assert accepted["conversation_id"] == conversation["id"]
    assert alice.get(f"/conversations/{conversation['id']}") == conversation


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_any_other_end_opens_nothing(alice: Person, bob: Person, status: str) -> None:
    ended = answer_with(bob, alice, ask(bob, alice), status)
    assert (ended["status"], ended["conversation_id"]) == (status, None)
    assert alice.get("/conversations")["items"] == []


def test_the_wrong_person_is_forbidden(alice: Person, bob: Person) -> None:
    path = f"/contact-requests/{ask(bob, alice)['id']}"
    for person, status in ((bob, "accepted"), (bob, "declined"), (alice, "cancelled")):
        assert problem(person, "PATCH", path, {"status": status}) == (403, "forbidden")
    assert alice.get(path)["status"] == "pending"


def test_a_pending_request_does_not_become_pending(alice: Person, bob: Person) -> None:
    path = f"/contact-requests/{ask(bob, alice)['id']}"
    for person in (alice, bob):
        assert problem(person, "PATCH", path, {"status": "pending"}) == (409, "conflict")


@pytest.mark.parametrize("ended", ANSWERS)
def test_an_ended_request_stays_as_it_is(pair: tuple[Person, Person], ended: str) -> None:
    alice, bob = pair
    request = answer_with(bob, alice, ask(bob, alice), ended)
    path = f"/contact-requests/{request['id']}"
    for status in (*ANSWERS, "pending"):
        for person in (alice, bob):
            assert problem(person, "PATCH", path, {"status": status}) == (409, "conflict")
    assert alice.get(path) == request


def test_of_several_answers_at_once_one_counts(alice: Person, bob: Person) -> None:
    request = ask(bob, alice)
    heard = bob.connect("/talemy")

    def answer(turn: tuple[Person, str]) -> int:
        person, status = turn
        path = f"/contact-requests/{request['id']}"
        return person.call("PATCH", path, {"status": status}).status_code

    turns = [(alice, "accepted"), (bob, "cancelled"), (alice, "declined")] * 2
    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(answer, turns))
    assert answers == [200] + [409] * 5
    heard.settle()
    assert len(heard.all("contactRequest:statusUpdated")) == 1


def test_nobody_but_the_two_finds_a_request(alice: Person, bob: Person, charlie: Person) -> None:
    path = f"/contact-requests/{ask(bob, alice)['id']}"
    assert alice.call("GET", path).status_code == 200
    absent = charlie.call("GET", f"/contact-requests/{2**52}").json()
    assert charlie.call("GET", path).json() == absent
    for status in (*ANSWERS, "pending"):
        assert problem(charlie, "PATCH", path, {"status": status}) == (404, "not_found")
    assert charlie.get("/contact-requests") == {"items": [], "next_cursor": None}
    assert charlie.get("/changes", after=0)["contact_requests"] == []


def test_one_question_at_a_time_to_the_same_person(
    alice: Person, bob: Person, charlie: Person
) -> None:
    first = ask(bob, alice)
    again = {"recipient_id": alice.id}
    assert problem(bob, "POST", "/contact-requests", again) == (409, "conflict")
    ask(bob, charlie)
    ask(alice, bob)  # the other direction is another question
    alice.patch(f"/contact-requests/{first['id']}", {"status": "declined"})
    assert ask(bob, alice)["id"] != first["id"]


def test_of_several_questions_at_once_one_is_asked(alice: Person, bob: Person) -> None:
    def question(_turn: int) -> int:
        body = {"recipient_id": alice.id}
        return bob.call("POST", "/contact-requests", body).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(question, range(6))) == [201] + [409] * 5


def test_nobody_asks_themself_or_nobody(alice: Person) -> None:
    path = "/contact-requests"
    assert problem(alice, "POST", path, {"recipient_id": alice.id}) == (422, "invalid_payload")
    assert problem(alice, "POST", path, {"recipient_id": 2**52}) == (404, "not_found")


def test_people_who_block_each_other_do_not_ask(alice: Person, bob: Person) -> None:
    alice.call("PUT", f"/users/{bob.id}/block")
    for sender, recipient in ((alice, bob), (bob, alice)):
        body = {"recipient_id": recipient.id}
        assert problem(sender, "POST", "/contact-requests", body) == (403, "blocked")
    alice.call("DELETE", f"/users/{bob.id}/block")
    assert ask(bob, alice)["status"] == "pending"


def test_a_block_in_between_leaves_everything_but_accepting(alice: Person, bob: Person) -> None:
    alice.post("/conversations", {"recipient_id": bob.id})
    request = ask(bob, alice)
    bob.call("PUT", f"/users/{alice.id}/block")
    path = f"/contact-requests/{request['id']}"
    assert problem(alice, "PATCH", path, {"status": "accepted"}) == (403, "blocked")
    assert alice.get(path) == request
    assert alice.patch(path, {"status": "declined"})["status"] == "declined"


@pytest.mark.parametrize(
    ("given", "kept"), [(None, None), ("", None), (" \n", None), ("x" * 1000, "x" * 1000)]
)
def test_a_message_is_optional(
    pair: tuple[Person, Person], given: str | None, kept: str | None
) -> None:
    alice, bob = pair
    request = ask(bob, alice, message=given)
    assert request["message"] == kept
    answer_with(bob, alice, request, "cancelled")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message", "x" * 1001),
        ("message", "a\x00b"),
        ("message", 7),
        ("recipient_id", "7"),
        ("recipient_id", None),
        ("recipient_id", 2**63),
        ("sender_id", 1),
        ("status", "accepted"),
    ],
)
def test_what_is_not_a_request_is_refused_by_name(
    pair: tuple[Person, Person], field: str, value: Any
) -> None:
    alice, bob = pair
    before = bob.get("/contact-requests")
    answer = bob.call("POST", "/contact-requests", {"recipient_id": alice.id, field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_payload")
    assert [found["field"] for found in answer.json()["details"]] == [field]
    assert bob.get("/contact-requests") == before


@pytest.mark.parametrize("body", [{}, {"status": "maybe"}, {"status": None}, {"message": "Hi"}])
def test_what_is_not_a_status_is_refused(pair: tuple[Person, Person], body: Any) -> None:
    alice, bob = pair
    request = ask(bob, alice)
    path = f"/contact-requests/{request['id']}"
    assert problem(alice, "PATCH", path, body) == (422, "invalid_payload")
    answer_with(bob, alice, request, "cancelled")


def test_lists_are_paged_newest_first_by_direction_and_status(
    alice: Person, bob: Person, charlie: Person
) -> None:
    sent = [ask(alice, bob), ask(alice, charlie)]
    received = [ask(bob, alice), ask(charlie, alice)]
    ids = [request["id"] for request in (*reversed(received), *reversed(sent))]
    first = alice.get("/contact-requests", limit=3)
    rest = alice.get("/contact-requests", limit=3, cursor=first["next_cursor"])
    assert [r["id"] for r in first["items"] + rest["items"]] == ids
    assert rest["next_cursor"] is None
    assert alice.get("/contact-requests", direction="received")["items"] == received[::-1]
    assert alice.get("/contact-requests", direction="sent")["items"] == sent[::-1]

    declined = alice.patch(f"/contact-requests/{received[0]['id']}", {"status": "declined"})
    found = alice.get("/contact-requests", direction="received", status="declined")
    assert found["items"] == [declined]
    assert alice.get("/contact-requests", direction="sent", status="declined")["items"] == []


@pytest.mark.parametrize("query", ["status=maybe", "direction=up", "limit=101", "cursor=-1"])
def test_a_list_asked_for_wrongly_is_refused(pair: tuple[Person, Person], query: str) -> None:
    alice, _ = pair
    assert problem(alice, "GET", f"/contact-requests?{query}") == (422, "invalid_payload")


def test_a_request_and_its_answer_come_after_the_cursor(
    alice: Person, bob: Person, charlie: Person
) -> None:
    cursors = {p.name: p.get("/changes", after=0)["cursor"] for p in (alice, bob, charlie)}
    request = ask(bob, alice)
    for person in (alice, bob):
        changes = person.get("/changes", after=cursors[person.name])
        assert changes["contact_requests"] == [request]
        cursors[person.name] = changes["cursor"]
        assert person.get("/changes", after=changes["cursor"])["contact_requests"] == []

    accepted = alice.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})
    for person in (alice, bob):
        changes = person.get("/changes", after=cursors[person.name])
        assert changes["contact_requests"] == [accepted]
        assert [c["id"] for c in changes["conversations"]] == [accepted["conversation_id"]]
    assert charlie.get("/changes", after=cursors["Charlie"])["contact_requests"] == []
