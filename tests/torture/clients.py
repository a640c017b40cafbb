"""Clients that send as fast as they are allowed to, and retry whatever was not answered."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.torture.history import History, Sending
from tests.torture.line import Line, LostError, rest

# How often a sender does what a bad day makes it do.
GIVE_UP_CHANCE = 0.1  # per unknown message: the person has closed the app
REST_RETRY_CHANCE = 0.4
REST_CHANCE = 0.05  # per burst: writes one message over REST for no reason
DEEPEST_PIPELINE = 8


@dataclass(frozen=True)
class Account:
    """Somebody who may write to some conversations."""

    user_id: int
    token: str
    conversation_ids: tuple[int, ...]


@dataclass
class Plan:
    """What all clients of a run share."""

    port: int
    history: History
    pause_seconds: float  # mean pause between two bursts of one sender
    cut_chance: float  # per burst: the client drops its own connection without reading the answers
    done: threading.Event = field(default_factory=threading.Event)  # no new messages from now on
    hurry: threading.Event = field(default_factory=threading.Event)  # leave, answered or not


class Client(threading.Thread):
    """A thread that remembers what went wrong in it."""

    def __init__(self, plan: Plan, account: Account, seed: str) -> None:
        super().__init__(name=seed, daemon=True)
        self.plan = plan
        self.account = account
        self.random = random.Random(seed)
        self.error: BaseException | None = None
        self.connects = 0

    def run(self) -> None:
        """Live; a bug of the client itself fails the run."""
        try:
            self.live()
        except BaseException as error:  # reported by the runner
            self.error = error

    def live(self) -> None:
        """What this client does until told to stop."""
        raise NotImplementedError

    def connect(self) -> Line:
        """A new connection. Raises LostError."""
        line = Line(self.plan.port, self.account.token)
        self.connects += 1
        return line

    def breathe(self, seconds: float) -> None:
        """Pause for about so long."""
        time.sleep(self.random.uniform(0, 2 * seconds))


class Sender(Client):
    """Sends in pipelined bursts. What is unknown after a lost connection is sent again with the
    same ``client_id`` and in the same order, by socket or by REST, before anything new.
    """

    def __init__(self, plan: Plan, account: Account, seed: str) -> None:
        super().__init__(plan, account, seed)
        self.numbers = 0
        self.retries = 0
        self.waiting: deque[Sending] = deque()  # sent, not answered; oldest first

    def live(self) -> None:
        while not self.plan.hurry.is_set():
            try:
                if self.waiting and self.random.random() < REST_RETRY_CHANCE:
                    self._retry_by_rest()
                self._talk(self.connect())
                return
            except LostError:
                self.breathe(0.05)

    def _talk(self, line: Line) -> None:
        asked: dict[int, Sending] = {}
        try:
            self._retry_by_socket(line, asked)
            while not self.plan.done.is_set():
                self._burst(line, asked)
                self.breathe(self.plan.pause_seconds)
            self._read_answers(line, asked, down_to=0)
        except LostError:
            for sending in asked.values():
                self.plan.history.note("unknown", "socket", sending)
            self._give_some_up()
            raise
        finally:
            line.cut()

    def _burst(self, line: Line, asked: dict[int, Sending]) -> None:
        depth = self.random.randint(1, DEEPEST_PIPELINE)
        for _ in range(self.random.randint(1, depth)):
            self._send(line, asked, self._compose())
        if self.random.random() < self.plan.cut_chance:
            raise LostError("cut by the client")
        self._read_answers(line, asked, down_to=self.random.randint(0, depth))
        if not asked and self.random.random() < REST_CHANCE:
            self.waiting.append(self._compose())
            self._send_by_rest(self.waiting[0])

    def _compose(self) -> Sending:
        self.numbers += 1
        client_id = f"{self.account.user_id}-{self.numbers}"
        conversation_id = self.random.choice(self.account.conversation_ids)
        text = f"{client_id} " + "x" * self.random.choice((0, 10, 100, 1000))
        return Sending(self.account.user_id, client_id, conversation_id, text)

    def _send(self, line: Line, asked: dict[int, Sending], sending: Sending) -> None:
        if sending not in self.waiting:
            self.waiting.append(sending)
        self.plan.history.note("invoke", "socket", sending)
        body = {
            "conversation_id": sending.conversation_id,
            "text": sending.text,
            "client_id": sending.client_id,
        }
        try:
            asked[line.send("send_message", body)] = sending
        except LostError:
            self.plan.history.note("unknown", "socket", sending)
            raise

    def _read_answers(self, line: Line, asked: dict[int, Sending], down_to: int) -> None:
        while len(asked) > down_to:
            heard = line.read(8.0)
            if heard is None:
                raise LostError("no answer")
            if heard.ack_id is not None:
                self._settle("socket", asked.pop(heard.ack_id), heard.payload)

    def _settle(self, via: str, sending: Sending, answer: dict[str, Any]) -> None:
        self.waiting.remove(sending)
        if answer.get("ok"):
            message = answer["data"]["message"]
            told = {"seq": message["seq"], "message_id": message["id"]}
            self.plan.history.note("ok", via, sending, **told)
        else:
            self.plan.history.note("fail", via, sending, code=answer["error"]["code"])

    def _retry_by_socket(self, line: Line, asked: dict[int, Sending]) -> None:
        again = list(self.waiting)
        self.retries += len(again)
        for sending in again:
            self._send(line, asked, sending)
        self._read_answers(line, asked, down_to=0)

    def _retry_by_rest(self) -> None:
        while self.waiting:
            self.retries += 1
            self._send_by_rest(self.waiting[0])

    def _send_by_rest(self, sending: Sending) -> None:
        path = f"/conversations/{sending.conversation_id}/messages"
        body = {"text": sending.text, "client_id": sending.client_id}
        self.plan.history.note("invoke", "rest", sending)
        try:
            status, answer = rest(self.plan.port, self.account.token, "POST", path, body)
        except LostError:
            self.plan.history.note("unknown", "rest", sending)
            raise
        good = status in (200, 201)
        told = {"ok": True, "data": answer} if good else {"ok": False, "error": answer}
        self._settle("rest", sending, told)

    def _give_some_up(self) -> None:
        kept = [s for s in self.waiting if self.random.random() >= GIVE_UP_CHANCE]
        self.waiting = deque(kept)
