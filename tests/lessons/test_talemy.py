"""Lessons on ``/talemy`` with the official clients."""

from __future__ import annotations

from tests.clients.conftest import Connect
from tests.clients.talk import KINDS, heard_by_all
from tests.lessons import things
from tests.support.people import Person


def test_lessons_reach_both_official_clients(alice: Person, bob: Person, connect: Connect) -> None:
    sockets = [
        connect(person, kind, namespace="/talemy") for person in (bob, alice) for kind in KINDS
    ]
    lesson = things.make(alice, bob)
    assert heard_by_all(sockets, "lesson:created")["lesson"]["id"] == lesson["id"]
    alice.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    assert heard_by_all(sockets, "lesson:statusUpdated")["previousStatus"] == "scheduled"
