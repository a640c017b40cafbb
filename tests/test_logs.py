"""What the logs say, and what they never say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.people import PASSWORD, Person
from tests.support.server import Server

SECRET_TEXT = "meet me under the baobab at noon"


def test_no_message_password_or_token_is_ever_logged(tmp_path: Path) -> None:
    with Server(tmp_path, LOG_LEVEL="DEBUG", RATELIMIT_ENABLED="false") as server:
        alice, bob = Person(server, "Alice"), Person(server, "Bob")
        listener, talker = alice.connect(), bob.connect(transports=["polling"])
        sent = talker.ok("send_message", {"recipient_id": alice.id, "text": SECRET_TEXT})
        listener.wait_for("message_notification")
        talker.refused("send_message", {"recipient_id": alice.id, "text": [SECRET_TEXT]})
        bob.call(
            "PATCH", f"/messages/{sent['message']['id']}", {"text": SECRET_TEXT, "x": SECRET_TEXT}
        )
        bob.call("GET", "/conversations", token="no.such.token")
        for person in (alice, bob):
            person.close()
        told = server.log()
    assert '"path": "/api/v1/auth/register"' in told, "requests are logged at DEBUG"
    forbidden: list[Any] = [SECRET_TEXT, PASSWORD, alice.token, bob.refresh_token, "no.such.token"]
    assert not [secret for secret in forbidden if secret in told]
