"""The fuzzed server, the people on it, and what must hold after every example."""

from __future__ import annotations

import time

import requests

from tests.support.features import parts
from tests.support.people import Person
from tests.support.server import Server

MEGABYTE = 2**20
MEMORY_BYTES = 64 * MEGABYTE
# A polling session without a namespace is given ten, presence five.
GIVING_BACK_SECONDS = 40.0
# QuietLog writes each kind of complaint once in ten seconds, and there are some thirty kinds.
KINDS_OF_LINES = 30
LOG_PERIOD = 10.0
FAULTS = ("Traceback", '"level": "error"', '"level": "critical"')
ONCE = "(further occurrences of this error will be logged with level INFO)"


class Target(Server):
    """The server, with a window into its process."""

    application = "tests.fuzz.watched_app:app"

    def look(self) -> dict[str, int]:
        """Greenlets, open descriptors and memory of the process that serves."""
        seen: dict[str, int] = requests.get(f"{self.url}/watched", timeout=30).json()
        return seen


class World:
    """Mallory talks with Bob; Alice is a bystander who must be served meanwhile."""

    def __init__(self, server: Server) -> None:
        self.alice, self.bob, self.mallory = (
            Person(server, name) for name in ("Alice", "Bob", "Mallory")
        )
        self.bystander = self.alice.connect()
        product = self.bob.post("/products", {"title": "Kora", "price": "450.00"})
        sent = self.mallory.post("/messages", {"product_id": product["id"], "text": "Hello"})
        here = sent["conversation_id"]
        answer = self.bob.post(f"/conversations/{here}/messages", {"text": "Yes?"})
        group = self.mallory.post(
            "/conversations", {"participant_ids": [self.bob.id], "title": "Griots"}
        )
        private = self.bob.post("/messages", {"recipient_id": self.alice.id, "text": "Psst"})
        self.ids: dict[str, list[int]] = {
            "conversation_id": [here, group["id"], private["conversation_id"]],
            "message_id": [sent["message"]["id"], answer["message"]["id"]],
            "product_id": [product["id"]],
            "user_id": [self.alice.id, self.bob.id, self.mallory.id],
        }
        for thing in parts("things").values():
            self.ids[thing.ID_FIELD] = [thing.make(self.bob, self.mallory)["id"]]

    def ids_for(self, field: str) -> list[int]:
        """Ids of what a field of this name may mean."""
        meant = {"reply_to_id": "message_id", "recipient_id": "user_id", "student_id": "user_id"}
        return self.ids.get(meant.get(field, field), [])

    def close(self) -> None:
        """Leave."""
        for person in (self.alice, self.bob, self.mallory):
            person.close()


class Watch:
    """Others are served, the log is quiet, and what was taken is given back."""

    def __init__(self, target: Target, world: World) -> None:
        self.target = target
        self.world = world
        self.began = time.monotonic()
        self.before = target.look()
        self._read = target.log_path.stat().st_size
        self._lines = 0

    def check(self) -> None:
        """To be called after each example."""
        self.world.bystander.settle()
        faults = [line for line in self._news() if _is_fault(line)]
        assert not faults, "\n".join(faults)

    def end(self) -> None:
        """To be called after the last example, when all connections are closed."""
        self.check()
        for taken in ("greenlets", "descriptors"):
            self._wait_for(taken)
        grown = self.target.look()["resident_bytes"] - self.before["resident_bytes"]
        assert grown <= MEMORY_BYTES, f"{grown / MEGABYTE:.1f} MB more than before"
        periods = 1 + (time.monotonic() - self.began) / LOG_PERIOD
        assert self._lines <= KINDS_OF_LINES * periods, self.target.log()[-4000:]

    def _wait_for(self, taken: str) -> None:
        # The look itself and keep-alive connections come and go.
        most = self.before[taken] + 5
        deadline = time.monotonic() + GIVING_BACK_SECONDS
        while (left := self.target.look()[taken]) > most:
            assert time.monotonic() < deadline, f"{left} {taken}, {self.before[taken]} before"
            time.sleep(0.2)  # polling, with a deadline

    def _news(self) -> list[str]:
        with self.target.log_path.open("rb") as log:
            log.seek(self._read)
            written = log.read()
        self._read += len(written)
        lines = written.decode("utf-8", "replace").splitlines()
        self._lines += len(lines)
        return lines


def _is_fault(line: str) -> bool:
    # Engine.IO complains of what clients do as of an error: once for each kind, then no more.
    return any(fault in line for fault in FAULTS) and ONCE not in line
