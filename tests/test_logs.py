"""What the logs say, and what they never say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

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


def test_nobody_can_write_a_line_of_their_own(tmp_path: Path) -> None:
    forged = '{"event": "signed_in", "level": "critical"}'
    with Server(tmp_path) as server:
        began = len(server.log())
        for query in ("sid", "transport", "EIO"):
            asked = {"EIO": "4", "transport": "polling", query: f"x\n{forged}\n"}
            answer = requests.get(f"{server.url}/socket.io/", params=asked, timeout=30)
            assert answer.status_code == 400
        told = server.log()[began:].splitlines()
    assert any("x\\n{" in line for line in told), "what was sent has been logged"
    lines = [json.loads(line) for line in told if line.startswith("{")]
    assert not [line for line in lines if line["event"] == "signed_in"]
