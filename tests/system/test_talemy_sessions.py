"""How long a connection to ``/talemy`` lasts, and how much one person may ask of it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support import tokens
from tests.support.both import connect_both
from tests.support.limits import assert_limited
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


def test_lessons_count_as_writing(insistent: Person) -> None:
    body = {"student_id": 2**52, "title": "Kora", "starts_at": "2026-12-01T17:30:00Z"}
    assert_limited(
        insistent,
        ("POST", "/lessons", body),
        ("PATCH", f"/lessons/{2**52}", {"status": "cancelled"}),
    )
    assert insistent.get("/lessons")["items"] == []
