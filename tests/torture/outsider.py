"""Somebody who belongs to nothing, and asks all the same."""

from __future__ import annotations

from tests.torture.checker import Report
from tests.torture.clients import Plan
from tests.torture.connected import Connected
from tests.torture.line import Line, rest
from tests.torture.pipes import Pipe, WebSocketPipe
from tests.torture.world import World

PAUSE_SECONDS = 0.3


class Outsider(Connected):
    """Joins, syncs from the beginning and reads over REST, for every conversation in turn."""

    kind = "outsider"

    def __init__(self, plan: Plan, world: World) -> None:
        super().__init__(plan, world.outsider, "outsider")
        self.world = world
        self.questions = 0

    def open_pipe(self) -> Pipe:
        return WebSocketPipe(self.port)

    def _talk(self, line: Line) -> None:
        self.mirror.begin()
        while not self.plan.done.is_set():
            self._try_everything(line, self.random.choice(self.world.conversation_ids))
            self._listen(line, PAUSE_SECONDS)
        self._try_everything(line, self.world.conversation_ids[0])
        self.settled.set()
        self.finished.set()
        while not self.plan.leave.is_set():
            self._listen(line, 0.2)

    def _try_everything(self, line: Line, conversation_id: int) -> None:
        wish = {"conversation_id": conversation_id, "after_seq": 0}
        answer = line.ask("join_conversation", wish, self._hear, self.plan.patience)
        told = answer.get("error", {}).get("code")
        self._expect("an outsider cannot join", told == "not_found", f"{str(answer)[:200]}")
        path = f"/conversations/{conversation_id}/messages"
        status, body = rest(self.port, self.account.token, "GET", path)
        self._expect("an outsider cannot read", status == 404, f"{status} {str(body)[:200]}")
        self.mirror.cursor = 0
        self._sync(line)
        self.questions += 1

    def _expect(self, rule: str, holds: bool, sentence: str) -> None:
        self.mirror.report.expect(rule, holds, sentence)

    def check(self, report: Report) -> None:
        """Nothing was told that is not theirs to know."""
        report.add(self.mirror.report)
        held = self.mirror.rows()
        report.checked["an outsider holds nothing"] += self.questions
        if held or self.mirror.reads:
            report.violations["an outsider holds nothing"].append(
                f"{len(held)} messages {held[:2]}, {len(self.mirror.reads)} read marks"
            )
