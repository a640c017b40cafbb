"""When storage refuses: ``unavailable`` and never an ``ok``, reading goes on, it heals by itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.people import Person, Socket, eventually
from tests.support.server import Server
from tests.torture.faults.disk import storage
from tests.torture.faults.disk.prober import Prober

pytestmark = [pytest.mark.system, pytest.mark.torture]

# The event loop itself stalls less than 100 ms; the rest is room for a machine that does other
# things too. Waiting for the lock or the disk on the loop would take 2 s.
LONGEST_STALL = 0.5
ENOUGH_TO_FILL = 40
_numbers = itertools.count(1)


@dataclass
class Pair:
    """Two people with a conversation, on a server whose storage is about to fail."""

    server: Server
    alice: Person
    bob: Person
    socket: Socket
    conversation_id: int

    def send(self) -> dict[str, Any]:
        """A message of Alice's, large enough to need room; returns the acknowledgement."""
        number = next(_numbers)
        return self.socket.call(
            "send_message",
            {
                "conversation_id": self.conversation_id,
                "text": f"{number} " + "x" * 4000,
                "client_id": f"c{number}",
            },
        )

    def texts(self) -> list[str]:
        """What Bob reads, over REST."""
        path = f"/conversations/{self.conversation_id}/messages"
        return [message["text"] for message in self.bob.get(path, limit=100)["items"]]

    def ready(self) -> int:
        """The status of ``/readyz``."""
        return self.bob.http.get(f"{self.server.url}/readyz", timeout=30).status_code


def _make_pair(server: Server) -> Pair:
    alice, bob = Person(server, "Alice"), Person(server, "Bob")
    socket = alice.connect()
    sent = socket.ok("send_message", {"recipient_id": bob.id, "text": "Hello"})
    return Pair(server, alice, bob, socket, sent["conversation_id"])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """On an ordinary disk."""
    with Server(tmp_path_factory.mktemp("storage"), RATELIMIT_ENABLED="false") as server:
        made = _make_pair(server)
        yield made
        made.alice.close()
        made.bob.close()


def _refuses_and_heals(pair: Pair, fault: AbstractContextManager[Any]) -> None:
    before = pair.texts()
    with Prober(pair.server.port) as prober:
        with fault as possible:
            if possible is False:
                pytest.skip("this takes root")
            refused = _send_until_refused(pair)
            assert refused["error"]["code"] == "unavailable"
            assert refused["error"]["retry_after"] > 0
            during = pair.texts()
            assert len(during) < len(before) + ENOUGH_TO_FILL
            assert pair.bob.get("/changes", after=0)["messages"]
            assert pair.ready() == 503
        # Not at once: until then the connection's order is kept by refusing (docs/protocol.md, §1).
        eventually(lambda: bool(pair.send()["ok"]))
        assert pair.ready() == 200
    after = pair.texts()
    # What was refused was not stored, and the numbering knows nothing of it.
    assert after[:-1] == during
    assert prober.worst < LONGEST_STALL


def _send_until_refused(pair: Pair) -> dict[str, Any]:
    stored = len(pair.texts())
    for _ in range(ENOUGH_TO_FILL):
        answer = pair.send()
        if not answer["ok"]:
            return answer
        stored += 1
        assert len(pair.texts()) == stored, "an ok was given for what is not there"
    raise AssertionError("storage never refused")


@pytest.mark.parametrize("fault", [storage.locked, storage.read_only])
def test_storage_refuses_and_heals(
    pair: Pair, fault: Callable[[Server], AbstractContextManager[Any]]
) -> None:
    _refuses_and_heals(pair, fault(pair.server))


def test_a_lock_that_is_soon_released_is_waited_for(pair: Pair) -> None:
    with Prober(pair.server.port) as prober:
        with storage.locked(pair.server):
            waiting = pair.alice.connect()
            waiting.emit("typing", {"conversation_id": pair.conversation_id, "is_typing": True})
            waiting.emit(
                "send_message", {"conversation_id": pair.conversation_id, "text": "Patience"}
            )
            pair.bob.get("/conversations")
        waiting.settle()
    assert pair.texts()[-1] == "Patience"
    assert not waiting.all("error")
    assert prober.worst < LONGEST_STALL


def test_a_full_disk_refuses_and_heals_even_if_the_server_starts_on_it(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    with storage.small_disk(folder) as small:
        server = Server(folder, RATELIMIT_ENABLED="false")
        server.log_path = tmp_path / "server.log"
        with server:
            pair = _make_pair(server)
            _refuses_and_heals(pair, storage.full_disk(server, small))
            if small:
                _starts_on_a_full_disk(pair)
            pair.alice.close()
            pair.bob.close()


def _starts_on_a_full_disk(pair: Pair) -> None:
    with storage.full_disk(pair.server, small=True):
        pair.server.kill_worker()
        pair.bob.http.close()  # its kept connection led to the worker that is gone
        texts = pair.texts()  # answered by the new worker: reading goes on
        assert pair.ready() == 503
    pair.server.wait_until_ready()
    sent = pair.bob.post(
        f"/conversations/{pair.conversation_id}/messages", {"text": "There is room again"}
    )
    assert pair.texts() == [*texts, sent["message"]["text"]]
