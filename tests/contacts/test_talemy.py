"""Contact requests on ``/talemy``: their events, their limit, and official clients of both kinds."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Connect
from tests.clients.talk import KINDS, heard_by_all
from tests.support.limits import assert_limited
from tests.support.people import Person


@pytest.mark.usefixtures("outsiders")
def test_contact_requests_reach_sender_and_recipient_on_every_tab(
    alice: Person, bob: Person
) -> None:
    tabs = [p.connect("/talemy") for p in (alice, alice, bob, bob)]
    request = bob.post("/contact-requests", {"recipient_id": alice.id, "message": "Hello"})
    for tab in tabs:
        told = tab.wait_for("contactRequest:created")
        assert set(told) == {"contactRequest", "revision"}
        assert told["revision"] == request["revision"]
        assert set(told["contactRequest"]) == {
            "id", "sender", "recipient", "message", "status", "conversationId", "revision",
            "createdAt",
        }  # fmt: skip
    accepted = alice.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})
    for tab in tabs:
        told = tab.wait_for("contactRequest:statusUpdated")
        assert set(told) == {"contactRequest", "previousStatus", "revision"}
        assert (told["previousStatus"], told["revision"]) == ("pending", accepted["revision"])
        assert told["contactRequest"]["conversationId"] == accepted["conversation_id"]


def test_what_was_told_adds_up_to_what_would_be_fetched(alice: Person, bob: Person) -> None:
    tab = bob.connect("/talemy")
    cursor = tab.wait_for("ready")["cursor"]
    for status in ("declined", "accepted", "declined", "accepted"):
        asked = bob.post("/contact-requests", {"recipient_id": alice.id})
        alice.patch(f"/contact-requests/{asked['id']}", {"status": status})
    fetched = tab.ok("sync", {"after": cursor})
    key = "contactRequest"
    told = {payload[key]["id"]: payload[key] for _, payload in tab.heard if key in (payload or {})}
    assert len(told) == 4
    assert told == {request["id"]: request for request in fetched["contactRequests"]}


def test_contact_requests_count_as_writing(insistent: Person) -> None:
    assert_limited(
        insistent,
        ("POST", "/contact-requests", {"recipient_id": 2**52}),
        ("PATCH", f"/contact-requests/{2**52}", {"status": "cancelled"}),
    )


def test_contact_requests_reach_both_official_clients(
    alice: Person, bob: Person, connect: Connect
) -> None:
    sockets = [
        connect(person, kind, namespace="/talemy") for person in (bob, alice) for kind in KINDS
    ]
    asked = bob.post("/contact-requests", {"recipient_id": alice.id, "message": "May I?"})
    told = heard_by_all(sockets, "contactRequest:created")
    assert told["contactRequest"]["id"] == asked["id"]
    accepted = alice.patch(f"/contact-requests/{asked['id']}", {"status": "accepted"})
    told = heard_by_all(sockets, "contactRequest:statusUpdated")
    assert told["previousStatus"] == "pending"
    assert told["contactRequest"]["conversationId"] == accepted["conversation_id"]
