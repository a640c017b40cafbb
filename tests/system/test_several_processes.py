"""Two processes share PostgreSQL and Redis, and people on either talk to each other.

Needs ``TEST_DATABASE_URL`` (an empty PostgreSQL database) and ``redis-server`` on the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.people import Person, eventually
from tests.support.server import Server, flask, free_port

URL = os.environ.get("TEST_DATABASE_URL", "")

pytestmark = pytest.mark.skipif(
    not URL.startswith("postgres") or shutil.which("redis-server") is None,
    reason="needs TEST_DATABASE_URL of PostgreSQL, and redis-server",
)


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis of our own that forgets everything."""
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def two_servers(
    folder: Path, first_redis: str, second_redis: str
) -> Iterator[tuple[Server, Server]]:
    """Two processes with the same database and the same secrets."""
    flask("db", "upgrade", DATA_DIR=str(folder), DATABASE_URL=URL)
    first, second = (
        Server(folder, DATABASE_URL=URL, REDIS_URL=redis, RATELIMIT_ENABLED="false")
        for redis in (first_redis, second_redis)
    )
    with first, second:
        yield first, second


def _on(server: Server, person: Person) -> Person:
    """The same person, talking to another process from now on."""
    person.server = server
    return person


def test_people_on_two_processes_hear_each_other(tmp_path: Path) -> None:
    with redis_server() as redis, two_servers(tmp_path, redis, redis) as (first, second):
        alice, bob = Person(first, "Alice"), _on(second, Person(first, "Bob"))
        at_alices, at_bobs = alice.connect(), bob.connect()
        sent = at_bobs.ok("send_message", {"recipient_id": alice.id, "text": "Across"})
        told = at_alices.wait_for("message_notification")
        assert told["message"] == sent["message"]
        at_bobs.ok("join_conversation", {"conversation_id": sent["conversation_id"]})
        alice.post(f"/conversations/{sent['conversation_id']}/read", {})
        assert at_bobs.wait_for("messages_read")["user_id"] == alice.id
        # A list cached by one process is forgotten by a change in the other.
        assert alice.get("/conversations")["items"][0]["last_message"]["text"] == "Across"
        bob.patch(f"/messages/{sent['message']['id']}", {"text": "Edited"})
        assert alice.get("/conversations")["items"][0]["last_message"]["text"] == "Edited"
        # Presence is seen across, and signing out here cuts there.
        eventually(lambda: alice.get(f"/users/{bob.id}")["online"])
        _on(first, bob).post("/auth/logout")
        assert at_bobs.wait_for("session_ended")["code"] == "token_revoked"
        at_bobs.wait_for("disconnect")
        for person in (alice, bob):
            person.close()


def test_a_missed_bell_is_caught_by_the_revision(tmp_path: Path) -> None:
    # Each rings at a door that the other does not listen to.
    with redis_server() as one, redis_server() as other, two_servers(tmp_path, one, other) as both:
        first, second = both
        alice, bob = Person(first, "Alice"), _on(second, Person(first, "Bob"))
        at_alices, at_bobs = alice.connect(), bob.connect()
        sent = at_bobs.ok("send_message", {"recipient_id": alice.id, "text": "Unheard"})
        joined = {"conversation_id": sent["conversation_id"]}
        assert at_alices.wait_for("message_notification")["message"]["text"] == "Unheard"
        at_alices.ok("join_conversation", joined)
        at_bobs.ok("edit_message", {"message_id": sent["message"]["id"], "text": "Edited"})
        assert at_alices.wait_for("message_edited")["message"]["text"] == "Edited"
        at_bobs.ok("delete_message", {"message_id": sent["message"]["id"]})
        assert at_alices.wait_for("message_deleted")["deleted_by"] == bob.id
        assert first.log().count("doorbell_missed") >= 1
        for person in (alice, bob):
            person.close()
