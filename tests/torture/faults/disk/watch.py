"""Invariants while storage refuses, checked from outside while a crowd talks."""

from __future__ import annotations

import http.client
import math
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

import requests

from tests.support.server import Server
from tests.torture.checker import Report
from tests.torture.history import Entry

STALL_SECONDS = 0.1
LAG = re.compile(r'^palabre_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)
PAUSE_SECONDS = 0.05
ANSWER_SECONDS = 30.0


class Reader(threading.Thread):
    """A reader of one conversation, over and over."""

    def __init__(self, port: int, token: str, conversation_id: int) -> None:
        super().__init__(daemon=True)
        self.answers: list[tuple[float, int]] = []  # when, status; 0 if there was none
        self._port = port
        self._request = f"/api/v1/conversations/{conversation_id}/messages?limit=20"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._done = threading.Event()

    def run(self) -> None:
        """Read until told to stop."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        while not self._done.wait(PAUSE_SECONDS):
            self.answers.append((time.monotonic(), self._read(connection)))
        connection.close()

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self.join()

    def _read(self, connection: http.client.HTTPConnection) -> int:
        try:
            connection.request("GET", self._request, headers=self._headers)
            answer = connection.getresponse()
            answer.read()
        except OSError:
            connection.close()
            return 0
        return answer.status


@dataclass
class Spell:
    """A time in which storage refused."""

    name: str
    began: float
    ended: float = 0.0
    lags: dict[float, float] = field(default_factory=dict)  # bound in seconds → looks within it
    recovered_after: float | None = None  # seconds until messages were acknowledged again

    @property
    def looks(self) -> float:
        """How often the loop was looked at."""
        return self.lags[math.inf]

    @property
    def longest_lag(self) -> float:
        """The bound that held for every look at the loop."""
        return min(bound for bound, within in self.lags.items() if within == self.looks)


@dataclass
class Watch:
    """Notes of every spell; :meth:`check` applies the rules."""

    server: Server
    stall_bound: float
    spells: list[Spell] = field(default_factory=list)

    def begin(self, name: str) -> Spell:
        """From now on storage refuses."""
        spell = Spell(name, time.monotonic(), lags=self._lags())
        self.spells.append(spell)
        return spell

    def end(self, spell: Spell) -> None:
        """It gives in."""
        spell.lags = {bound: count - spell.lags[bound] for bound, count in self._lags().items()}
        spell.ended = time.monotonic()

    def check(
        self, report: Report, entries: Sequence[Entry], answers: Sequence[tuple[float, int]]
    ) -> None:
        """Every rule for every spell."""
        for spell in self.spells:
            self._check_answers(spell, report, entries)
            for at, status in answers:
                if spell.began < at < spell.ended:
                    report.expect("reading goes on", status == 200, f"{spell.name}: {status}")
            punctual = spell.longest_lag <= self.stall_bound
            sentence = f"{spell.name}: up to {spell.longest_lag} s late"
            report.expect("the loop never stalls", punctual, sentence)
            back = spell.recovered_after is not None
            report.expect("it recovers by itself", back, f"{spell.name}: not within 30 s")

    def _check_answers(self, spell: Spell, report: Report, entries: Sequence[Entry]) -> None:
        asked: dict[tuple[int, str, str], float] = {}
        refused = 0
        for entry in entries:
            if entry.kind != "send" or entry.at > spell.ended:
                continue
            act = (entry.user_id, entry.client_id, entry.via)
            if entry.action == "invoke":
                asked[act] = entry.at
            elif asked.get(act, 0.0) > spell.began:
                refused += entry.action == "fail"
                self._check_answer(spell, report, entry)
        report.expect("somebody was refused", refused > 0, spell.name)

    def _check_answer(self, spell: Spell, report: Report, entry: Entry) -> None:
        if entry.action == "fail":
            right = entry.code == "unavailable"
            report.expect("a refusal says unavailable", right, f"{spell.name}: {entry.code}")
        elif entry.action == "ok" and spell.name != "full":
            # On a full disk there may be room for one more; whether it was stored is looked at
            # in the end. What is locked or read-only has none.
            report.expect("no ok while storage refuses", False, f"{spell.name}: {entry}")

    def _lags(self) -> dict[float, float]:
        text = requests.get(f"{self.server.url}/metrics", timeout=30).text
        return {float(bound): float(count) for bound, count in LAG.findall(text)}
