"""Clients that write and edit while the server's system calls are traced; versions are marked."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field

from tests.support.people import Person
from tests.support.server import Server
from tests.torture.line import Line, LostError, rest

EDIT_CHANCE = 0.2
REST_CHANCE = 0.1
DEEPEST_PIPELINE = 6
TEXT_SIZES = (0, 20, 200, 2000, 6000)


@dataclass
class Written:
    """All that clients asked for, and how much of it was acknowledged."""

    sent: set[str] = field(default_factory=set)  # client_ids
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, number: int) -> None:
        """So many more are acknowledged."""
        with self.lock:
            self.acknowledged += number


class Writer(threading.Thread):
    """One person in one conversation, over one websocket and now and then over REST."""

    def __init__(
        self, person: Person, number: int, conversation_id: int, written: Written, seed: str
    ) -> None:
        super().__init__(name=f"writer {number}", daemon=True)
        self.person, self.number, self.conversation_id = person, number, conversation_id
        self.written = written
        self.dice = random.Random(f"{seed}:{number}")
        self.done = threading.Event()
        self.error: BaseException | None = None
        self._messages = 0
        self._versions: dict[int, int] = {}  # message id → its last version
        self._names: dict[int, str] = {}  # message id → its client_id

    def run(self) -> None:
        """Write until told to stop, or until the server goes."""
        try:
            line = Line(self.person.server.port, self.person.token)
            while not self.done.is_set():
                self._burst(line)
            line.cut()
        except LostError:
            return  # the server was killed: another writer goes on with the next one
        except BaseException as error:  # reported by whoever waits for us
            self.error = error

    def _burst(self, line: Line) -> None:
        if self.dice.random() < REST_CHANCE:
            self._send_by_rest()
        asked = {}
        for _ in range(self.dice.randint(1, DEEPEST_PIPELINE)):
            event, body = self._edit() if self._wants_to_edit() else ("send_message", self._send())
            asked[line.send(event, body)] = body
        while asked:
            heard = line.read(8.0)
            if heard is not None and heard.ack_id is not None:
                assert heard.payload["ok"], heard.payload
                self._keep(asked.pop(heard.ack_id), heard.payload["data"]["message"]["id"])

    def _wants_to_edit(self) -> bool:
        return bool(self._names) and self.dice.random() < EDIT_CHANCE

    def _send_by_rest(self) -> None:
        body = self._send()
        status, answer = rest(self.person.server.port, self.person.token, "POST", "/messages", body)
        assert status == 201, answer
        self._keep(body, answer["message"]["id"])

    def _send(self) -> dict[str, object]:
        self._messages += 1
        name = f"pw{self.number}-{self._messages}"
        self.written.sent.add(name)
        return {
            "conversation_id": self.conversation_id,
            "client_id": name,
            "text": self._text(name, 1),
        }

    def _edit(self) -> tuple[str, dict[str, object]]:
        message_id = self.dice.choice(list(self._names))
        self._versions[message_id] += 1
        text = self._text(self._names[message_id], self._versions[message_id])
        return "edit_message", {"message_id": message_id, "text": text}

    def _text(self, name: str, version: int) -> str:
        return f"{name}v{version} {'x' * self.dice.choice(TEXT_SIZES)}"

    def _keep(self, body: dict[str, object], message_id: int) -> None:
        self.written.answered(1)
        if "client_id" in body:
            self._names[message_id] = str(body["client_id"])
            self._versions[message_id] = 1


class Load:
    """So many writers, in groups of four."""

    GROUP = 4

    def __init__(self, server: Server, people: int, seed: str) -> None:
        self._seed = seed
        self._rounds = 0
        self._people = [Person(server, f"Writer{number}") for number in range(people)]
        self._places = [self._open(first) for first in range(0, people, self.GROUP)]
        self._writers: list[Writer] = []
        self.written = Written()

    def start(self) -> None:
        """Begin to write; each start uses names of its own."""
        first, self._rounds = self._rounds * len(self._people), self._rounds + 1
        self._writers = [
            Writer(p, first + n, self._places[n // self.GROUP], self.written, self._seed)
            for n, p in enumerate(self._people)
        ]
        for writer in self._writers:
            writer.start()

    def finish(self) -> None:
        """No more; return when everything was answered."""
        for writer in self._writers:
            writer.done.set()
        for writer in self._writers:
            writer.join(30)
            assert not writer.is_alive(), f"{writer.name} does not come to an end"
            if writer.error is not None:
                raise AssertionError(f"{writer.name} failed") from writer.error

    def close(self) -> None:
        """Leave nothing behind."""
        for person in self._people:
            person.close()

    def _open(self, first: int) -> int:
        members = self._people[first : first + self.GROUP]
        others = [person.id for person in members[1:]]
        body = {"title": f"Group {first}", "participant_ids": others}
        opened: int = members[0].post("/conversations", body)["id"]
        return opened
