"""An outbox that was filled while away, sent in one go; and again, where the answers got lost."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.server import Server
from tests.torture.checker import Report, Row, check, same_list
from tests.torture.clients import Account, as_event, as_request
from tests.torture.faults import Options, Result
from tests.torture.history import Act, History
from tests.torture.line import TIMEOUT_SECONDS, Line, LostError
from tests.torture.pipes import Pipe, PollingPipe, WebSocketPipe
from tests.torture.rig import make_server, read_by_rest, stop
from tests.torture.state import State
from tests.torture.world import make_group, register

PATIENCE_SECONDS = 60.0


def run(options: Options) -> Result:
    """500 messages by each transport, by several people at once; 100 in the quick version."""
    count, people = (100, 1) if options.quick else (500, 4)
    server = make_server(options)
    server.start()
    try:
        return _run(options, server, count, people)
    finally:
        stop(server)


def _run(options: Options, server: Server, count: int, people: int) -> Result:
    accounts = register(server.port, 3 * people)
    conversation_id = make_group(server.port, accounts)
    history, errors = History(), list[BaseException]()
    boxes = [
        Outbox(server.port, account, history, random.Random(f"{options.seed}:{number}"), errors)
        for number, account in enumerate(accounts)
    ]
    threads = []
    for box, flush in zip(boxes, FLUSHES * people, strict=True):
        box.fill(conversation_id, count)
        threads.append(threading.Thread(target=box.flush_until_empty, args=(flush,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    report = Report()
    state = State.of(server.data_dir)
    report.add(check(history.entries, state.rows, state.integrity))
    for box in boxes:
        _in_order(report, box, state.rows)
    told = read_by_rest(server.port, conversation_id, accounts[0].token)
    same_list(report, "REST gives the database's list", told, state.rows)
    amount = f"{count} queued messages by websocket, polling and REST, {people} people each at once"
    flushes = sum(box.flushes for box in boxes)
    return Result("outbox", amount, report, {"messages": f"{len(state.rows):,}, {flushes} flushes"})


def _in_order(report: Report, box: Outbox, rows: list[Row]) -> None:
    stored = [row.client_id for row in rows if row.user_id == box.account.user_id]
    report.expect(
        "an outbox is stored once and in order", stored == box.sent, f"{len(stored)} stored"
    )


@dataclass
class Outbox:
    """One person's queue. The first flush loses its connection somewhere; the next repeats it."""

    port: int
    account: Account
    history: History
    dice: random.Random
    errors: list[BaseException]
    waiting: list[Act] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    flushes: int = 0

    def fill(self, conversation_id: int, count: int) -> None:
        """Write while away."""
        for number in range(count):
            client_id = f"{self.account.user_id}-{number}"
            text = f"{client_id} " + "x" * self.dice.choice((0, 50, 500))
            self.waiting.append(Act(self.account.user_id, client_id, conversation_id, text))
            self.sent.append(client_id)

    def flush_until_empty(self, flush: Callable[[Outbox, int], None]) -> None:
        """Twice at least: the first time, some answers are never read."""
        try:
            read = self.dice.randrange(len(self.waiting))
            for _ in range(5):
                self.flushes += 1
                try:
                    flush(self, read)
                except LostError:
                    for act in self.waiting:
                        self.history.note("unknown", "socket", act)
                read = len(self.waiting)
                if not self.waiting:
                    return
            raise AssertionError(f"{len(self.waiting)} messages were never acknowledged")
        except BaseException as error:  # raised by the fault, in its own thread
            self.errors.append(error)

    def answered(self, via: str, act: Act, message: dict[str, int]) -> None:
        """One is acknowledged."""
        self.waiting.remove(act)
        self.history.note("ok", via, act, seq=message["seq"], message_id=message["id"])


def _by_pipe(box: Outbox, pipe: Pipe, read: int) -> None:
    """All in one go; then as many answers as are not to be lost."""
    line = Line(box.port, box.account.token, pipe)
    acts = list(box.waiting)
    for act in acts:
        box.history.note("invoke", "socket", act)
    asked = dict(zip(line.send_all(map(as_event, acts)), acts, strict=True))
    while len(acts) - len(asked) < read:
        heard = line.read(PATIENCE_SECONDS)
        if heard is None:
            raise LostError("no answer")
        if heard.ack_id is not None:
            assert heard.payload["ok"], heard.payload
            box.answered("socket", asked.pop(heard.ack_id), heard.payload["data"]["message"])
    line.cut()
    if asked:
        raise LostError("cut before the other answers")


def _by_websocket(box: Outbox, read: int) -> None:
    _by_pipe(box, WebSocketPipe(box.port), read)


def _by_polling(box: Outbox, read: int) -> None:
    _by_pipe(box, PollingPipe(box.port), read)


def _by_rest(box: Outbox, read: int) -> None:
    """One after the other on one kept connection, as REST does it."""
    connection = http.client.HTTPConnection("127.0.0.1", box.port, timeout=TIMEOUT_SECONDS)
    headers = {
        "Authorization": f"Bearer {box.account.token}",
        "Content-Type": "application/json",
    }
    for number, act in enumerate(list(box.waiting)):
        method, path, body = as_request(act)
        box.history.note("invoke", "rest", act)
        connection.request(method, f"/api/v1{path}", json.dumps(body), headers)
        if number >= read:
            connection.close()
            raise LostError("cut before the answer")
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), text
        box.answered("rest", act, json.loads(text)["message"])
    connection.close()


FLUSHES: list[Callable[[Outbox, int], None]] = [_by_websocket, _by_polling, _by_rest]
