"""How long a connection to ``/talemy`` lasts, and how much one person may ask of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import tokens
from tests.support.both import connect_both
from tests.support.people import Person, Socket
from tests.support.server import Server


def short_token(person: Person) -> str:
    """A token that ends in three seconds or a little less."""
    return tokens.changed(person.server, person.token, exp=int(time.time()) + 3)


def test_a_token_that_ends_is_announced_and_ends_both_namespaces(alice: Person) -> None:
    marketplace, talemy = connect_both(alice, short_token(alice))
    told = talemy.wait_for("token_expiring")
    assert told == {"expiresAt": marketplace.wait_for("token_expiring")["expires_at"]}
    for half in (marketplace, talemy):
        ended = half.wait_for("session_ended")
        assert (set(ended), ended["code"]) == ({"code", "message"}, "token_expired")
        half.wait_for("disconnect")
        assert len(half.all("session_ended")) == 1


@pytest.mark.parametrize("renewing", [0, 1], ids=["on /", "on /talemy"])
def test_renewing_on_one_namespace_keeps_the_websocket_for_both(
    alice: Person, renewing: int
) -> None:
    token = short_token(alice)
    halves = connect_both(alice, token)
    not_renewed = Socket(alice.server, {"token": token}, "/talemy")
    alice.sockets.append(not_renewed)
    halves[renewing].ok("authenticate", {"token": alice.token})
    not_renewed.wait_for("disconnect")
    assert not_renewed.all("session_ended")[0]["code"] == "token_expired"
    for half in halves:
        half.ok("sync", {"after": 0})
        assert half.all("session_ended") == []


def test_nobody_renews_with_the_token_of_somebody_else(alice: Person, bob: Person) -> None:
    talemy = alice.connect("/talemy")
    assert talemy.refused("authenticate", {"token": bob.token})["code"] == "forbidden"
    talemy.ok("sync", {"after": 0})


@pytest.mark.parametrize("token", ["", "nonsense", None])
def test_talemy_refuses_a_connection_without_a_good_token(server: Server, token: Any) -> None:
    with pytest.raises(Exception, match="namespaces failed to connect"):
        Socket(server, {"token": token}, "/talemy")


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that counts."""
    with Server(tmp_path_factory.mktemp("limited")) as running:
        yield running


@pytest.fixture
def insistent(limited: Server) -> Iterator[Person]:
    """Somebody who asks too often."""
    person = Person(limited, "Alice")
    yield person
    person.close()


@pytest.mark.parametrize(
    ("namespace", "event", "key"),
    [("/", "send_message", "retry_after"), ("/talemy", "message:send", "retryAfter")],
)
def test_too_many_messages_are_refused_with_a_time_to_wait(
    insistent: Person, namespace: str, event: str, key: str
) -> None:
    socket = insistent.connect(namespace)
    target = {"/": "conversation_id", "/talemy": "conversationId"}[namespace]
    for _ in range(60):
        assert socket.refused(event, {target: 2**52, "text": "Hi"})["code"] == "not_found"
    refusal = socket.refused(event, {target: 2**52, "text": "Hi"})
    assert set(refusal) == {"code", "message", key}
    assert refusal["code"] == "rate_limited"
    assert 1 <= refusal[key] <= 10


def test_lessons_and_contact_requests_count_as_writing(insistent: Person) -> None:
    asking = {"recipient_id": 2**52}
    teaching = {"student_id": 2**52, "title": "Kora", "starts_at": "2026-12-01T17:30:00Z"}
    cancelling = {"status": "cancelled"}
    ways: tuple[tuple[str, str, Any], ...] = (
        ("POST", "/lessons", teaching),
        ("PATCH", f"/lessons/{2**52}", cancelling),
        ("POST", "/contact-requests", asking),
        ("PATCH", f"/contact-requests/{2**52}", cancelling),
    )
    for number in range(60):
        assert insistent.call(*ways[number % 4]).status_code == 404
    for way in ways:
        answer = insistent.call(*way)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert answer.json()["retry_after"] == int(answer.headers["Retry-After"])
    assert insistent.get("/lessons")["items"] == []
