"""Clients that have a connection: over a websocket, or over long polling."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from tests.torture.clients import Account, Client, Plan, as_event
from tests.torture.history import Act
from tests.torture.line import Heard, Line, LostError, TokenError
from tests.torture.pipes import Pipe, PollingPipe, WebSocketPipe

REST_RETRY_CHANCE = 0.4
REST_CHANCE = 0.05  # per burst: writes one message over REST for no reason
DEEPEST_PIPELINE = 8
# No ping for so long: the connection is dead, whatever TCP thinks (docs/protocol.md).
SILENCE_SECONDS = 45.0
RETRY_SECONDS = 2.0  # what a refusal by storage asks for


class RestError(LostError):
    """A call over REST was not answered. The connection is good; it begins anew to keep the order."""


class Connected(Client):
    """Sends in pipelined bursts. What is unknown after a lost connection is sent again with the
    same ``client_id`` and in the same order, by socket or by REST, before anything new; so is, on
    the same connection, what storage has refused.
    """

    def __init__(self, plan: Plan, account: Account, seed: str, port: int | None = None) -> None:
        super().__init__(plan, account, seed, port)
        self.asked: dict[int, Act] = {}
        self.line: Line | None = None  # while there is one
        self.refused = False  # by storage: something that is waiting to be sent again
        self.last_heard = 0.0
        self.losses: list[float] = []  # when a connection ended that was wanted

    def open_pipe(self) -> Pipe:
        """What carries the packets. Raises LostError."""
        raise NotImplementedError

    def open_line(self) -> Line:
        """A connection that was accepted. Raises LostError."""
        return Line(self.port, self.account.token, self.open_pipe())

    def live(self) -> None:
        if self.waiting and self.random.random() < REST_RETRY_CHANCE:
            self.retry_by_rest()
        self.tries.append(time.monotonic())
        line = self.open_line()
        self.connects.append(time.monotonic())
        self.last_heard = time.monotonic()
        self.line = line
        try:
            self._talk(line)
        except LostError as error:
            if not isinstance(error, TokenError | RestError):
                self.losses.append(time.monotonic())
            for act in self.asked.values():
                self.plan.history.note("unknown", "socket", act)
            self.give_some_up()
            raise
        finally:
            self.asked.clear()
            self._hear_the_rest(line)
            line.cut()
            self.line = None

    def _talk(self, line: Line) -> None:
        self._come_back(line)
        while not self.plan.done.is_set():
            self._burst(line)
            self._listen(line, self.pause())
        self._read_answers(line, down_to=0)
        self._ask_again(line)
        self.settled.set()
        while not self.plan.quiet.is_set():
            self._listen(line, 0.1)
        self._sync(line)
        self.finished.set()
        while not self.plan.leave.is_set():
            self._listen(line, 0.2)
        if self.plan.goodbye:
            line.pipe.send(["1"])

    def _come_back(self, line: Line) -> None:
        """As docs/protocol.md asks: join, sync, send what is waiting."""
        self.mirror.begin()
        self.refused = False
        for conversation_id in self.account.conversation_ids[::2]:  # the others only notify
            after = self.mirror.last_seq(conversation_id)
            wish = {"conversation_id": conversation_id, "after_seq": after}
            self.mirror.joined(conversation_id, self._ask(line, "join_conversation", wish))
        self._sync(line)
        again = list(self.waiting)
        self.retries += len(again)
        self._send(line, again)
        self._read_answers(line, down_to=0)

    def _sync(self, line: Line) -> None:
        self.catch_up(lambda cursor: self._ask(line, "sync", {"after": cursor}))

    def _ask(self, line: Line, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        answer = line.ask(event, payload, self._hear, self.plan.patience)
        if not answer["ok"]:
            raise LostError(f"{event}: {answer['error']['code']}")
        data: dict[str, Any] = answer["data"]
        return data

    def comes_again(self, via: str, answer: dict[str, Any]) -> bool:
        unavailable = not answer["ok"] and answer["error"]["code"] == "unavailable"
        self.refused |= via == "socket" and unavailable
        return via == "socket" and unavailable

    def _ask_again(self, line: Line) -> None:
        """What storage has refused, in its order and when the refusal asks for it."""
        while self.refused and not self.plan.hurry.is_set():
            self._read_answers(line, down_to=0)
            self._listen(line, RETRY_SECONDS)
            self.refused = False
            self.retries += len(self.waiting)
            self._send(line, list(self.waiting))
            self._read_answers(line, down_to=0)

    def _burst(self, line: Line) -> None:
        self._ask_again(line)
        depth = self.random.randint(1, DEEPEST_PIPELINE)
        acts = [self.compose() for _ in range(self.random.randint(1, depth))]
        self._send(line, [*acts, *self.habits()])
        if self.random.random() < self.plan.cut_chance:
            raise LostError("cut by the client")
        self._read_answers(line, down_to=self.random.randint(0, depth))
        if not self.asked and not self.waiting and self.random.random() < REST_CHANCE:
            self.waiting.append(self.compose())
            try:
                self.by_rest(self.waiting[0])
            except TokenError:
                raise
            except LostError as error:
                raise RestError(str(error)) from error

    def _send(self, line: Line, acts: list[Act]) -> None:
        for act in acts:
            if act.kind == "send" and act not in self.waiting:
                self.waiting.append(act)
            self.plan.history.note("invoke", "socket", act)
        try:
            numbers = line.send_all([as_event(act) for act in acts]) if acts else []
        except LostError:
            for act in acts:
                self.plan.history.note("unknown", "socket", act)
            raise
        self.asked.update(zip(numbers, acts, strict=True))

    def _read_answers(self, line: Line, down_to: int) -> None:
        deadline = time.monotonic() + self.plan.patience
        while len(self.asked) > down_to:
            self._read(line, deadline)
            if time.monotonic() > deadline:
                raise LostError("no answer")

    def _listen(self, line: Line, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(line, deadline)

    def _read(self, line: Line, deadline: float) -> None:
        while self.plan.asleep.is_set():
            self.plan.hurry.wait(0.05)
        heard = line.read(max(0.0, deadline - time.monotonic()))
        if heard is None:
            if time.monotonic() - self.last_heard > SILENCE_SECONDS:
                raise LostError("not even a ping")
            return
        if heard.ack_id in self.asked:
            self.lose_answer()
            self.settle("socket", self.asked.pop(heard.ack_id), heard.payload)
        self._hear(heard)

    def _hear(self, heard: Heard) -> None:
        self.last_heard = time.monotonic()
        if heard.event is not None:
            self.mirror.hear(heard.event, heard.payload)

    def _hear_the_rest(self, line: Line) -> None:
        """What has arrived already is told, even if the connection is gone."""
        with suppress(LostError):
            while (heard := line.read(0.0)) is not None:
                self._hear(heard)


class WebSocketClient(Connected):
    """Over a websocket."""

    kind = "websocket"

    def open_pipe(self) -> Pipe:
        return WebSocketPipe(self.port)


class PollingClient(Connected):
    """Over long polling."""

    kind = "polling"

    def open_pipe(self) -> Pipe:
        return PollingPipe(self.port, self.plan.patience)
