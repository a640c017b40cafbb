"""A client that sends on without waiting for answers, on either transport."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.people import Person, Socket
from tests.support.server import Server

AMOUNT = 600  # more than may be under way at once, and than wait in an inbox

pytestmark = pytest.mark.system


@pytest.fixture(scope="module", params=["watchers", "greenlets"])
def either(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Server]:
    """A server on one of the two transports."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    server = Server(folder, TRANSPORT=request.param, RATELIMIT_ENABLED="false").start()
    yield server
    server.stop()


@pytest.fixture
def sender(either: Server) -> Iterator[Socket]:
    """Alice, connected."""
    alice = Person(either, "Alice")
    yield alice.connect()
    alice.close()


def _conversation(server: Server, sender: Socket) -> int:
    bob = Person(server, "Bob")
    opened: dict[str, Any] = sender.ok("send_message", {"recipient_id": bob.id, "text": "first"})
    bob.close()
    conversation_id: int = opened["conversation_id"]
    return conversation_id


class Answers:
    """The acknowledgements of events that one connection sends without waiting."""

    def __init__(self, sender: Socket) -> None:
        self._sender = sender
        self.found: dict[int, Any] = {}
        self._complete = threading.Event()

    def expect(self, number: int, last: int) -> Any:
        def note(answer: Any) -> None:
            self.found[number] = answer
            if len(self.found) > last:
                self._complete.set()

        return note

    def wait(self) -> None:
        """Until all are there. A connection that has ended brings no more of them."""
        deadline = time.monotonic() + 60
        while not self._complete.wait(0.05):
            why = self._sender.all("session_ended")
            assert not self._sender.all("disconnect"), f"cut, {len(self.found)} answers: {why}"
            assert time.monotonic() < deadline, f"{len(self.found)} answers"


def test_hundreds_of_messages_under_way_are_stored_in_order_and_read_after(
    either: Server, sender: Socket
) -> None:
    conversation_id, answers = _conversation(either, sender), Answers(sender)
    for number in range(AMOUNT):
        message = {
            "conversation_id": conversation_id,
            "text": str(number),
            "client_id": f"n{number}",
        }
        sender.client.emit("send_message", message, callback=answers.expect(number, AMOUNT))
    # A question asked behind them is answered with all of them: order is kept.
    asking = {"conversation_id": conversation_id}
    sender.client.emit("join_conversation", asking, callback=answers.expect(AMOUNT, AMOUNT))
    answers.wait()
    stored = [answers.found[number]["data"]["message"] for number in range(AMOUNT)]
    assert [message["seq"] for message in stored] == list(range(2, AMOUNT + 2))
    joined = answers.found[AMOUNT]["data"]
    assert joined["conversation"]["last_message"]["text"] == str(AMOUNT - 1)


def test_a_refused_message_in_the_middle_costs_the_others_nothing(
    either: Server, sender: Socket
) -> None:
    conversation_id, answers = _conversation(either, sender), Answers(sender)
    texts = ["one", "", "two", "x" * 8001, "three"]
    for number, text in enumerate(texts):
        message = {"conversation_id": conversation_id, "text": text}
        sender.client.emit("send_message", message, callback=answers.expect(number, 4))
    answers.wait()
    told = [answers.found[number] for number in range(5)]
    assert [answer["ok"] for answer in told] == [True, False, True, False, True]
    assert [answer["data"]["message"]["seq"] for answer in told if answer["ok"]] == [2, 3, 4]


@pytest.mark.parametrize("by", ["websocket", "polling"])
def test_what_shares_commits_is_heard_in_its_order_by_those_who_have_joined(
    either: Server, sender: Socket, by: str
) -> None:
    """Messages in a row are joined on their way to a room; what belongs between them stays there."""
    bob = Person(either, "Bob")
    opened = sender.ok("send_message", {"recipient_id": bob.id, "text": "first"})
    here = {"conversation_id": opened["conversation_id"]}
    ear = bob.connect(transports=[by])
    ear.ok("join_conversation", here)
    answers = Answers(sender)
    for number in range(60):
        event, payload = _said(number, opened["message"]["id"], here)
        sender.client.emit(event, payload, callback=answers.expect(number, 59))
    answers.wait()
    ear.wait_for("message_edited", lambda told: told["message"]["text"] == "text 59")
    told = [payload["message"] for name, payload in ear.heard if name.startswith("message_e")]
    assert [message["text"] for message in told] == [f"text {n}" for n in range(9, 60, 10)]
    assert [message["text"] for message in _messages(ear)] == [
        f"text {n}" for n in range(60) if n % 10 != 9
    ]
    revisions = [told["revision"] for name, told in ear.heard if "message" in name]
    assert revisions == sorted(revisions)
    bob.close()


def _said(number: int, first_id: int, here: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Nine messages, then another text for the first one."""
    if number % 10 == 9:
        return "edit_message", {"message_id": first_id, "text": f"text {number}"}
    return "send_message", {**here, "text": f"text {number}"}


def _messages(ear: Socket) -> list[Any]:
    return [told["message"] for told in ear.all("new_message")]
