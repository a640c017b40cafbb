"""Readers that stop reading, in a conversation where others go on."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.server import Server
from tests.torture.checker import Report, check
from tests.torture.clients import Account, as_event
from tests.torture.faults import Options, Result
from tests.torture.faults.slow.watch import GONE_SECONDS, MEGABYTE, Watch
from tests.torture.history import Act, History
from tests.torture.line import Heard, Line, LostError
from tests.torture.mirror import Mirror
from tests.torture.pipes import WebSocketPipe
from tests.torture.rig import make_server, stop
from tests.torture.state import State, check_mirror
from tests.torture.world import make_group, register

SMALL_BUFFER = 4096  # of a slow reader's kernel, or it would read a megabyte on their behalf
SMALL_TEXT = "x" * 500
# 48 KB on the wire: six bytes each are the most that JSON makes of a character, and a text has
# 8,000 at most.
BIG_TEXT = "\x01" * 7990


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    readers: int = 10  # of each kind
    baseline: int = 2000
    small: int = 10_000
    big_baseline: int = 100
    big: int = 500
    small_rate: float = 250.0
    big_rate: float = 25.0


QUICK = Size(3, 100, 1300, 10, 120, 350.0, 40.0)


def run(options: Options) -> Result:
    """Ten slow readers beside ten healthy ones; three in the quick version."""
    size = QUICK if options.quick else Size()
    server = make_server(options)
    server.start()
    try:
        return Scene(options, size, server).play()
    finally:
        stop(server)


class Scene:
    """One conversation: a writer, healthy readers, slow readers."""

    def __init__(self, options: Options, size: Size, server: Server) -> None:
        self.options, self.size, self.server = options, size, server
        self.report = Report()
        self.history = History()
        people = register(server.port, 1 + 2 * size.readers)
        self.conversation_id = make_group(server.port, people)
        self.writer, readers = people[0], people[1:]
        folder = options.folder
        self.healthy = [Reader(self, p, folder) for p in readers[: size.readers]]
        self.slow = [Reader(self, p, folder) for p in readers[size.readers :]]
        self.sent: dict[str, float] = {}
        self.figures: dict[str, str] = {}
        self.dice = random.Random(options.seed)
        self.numbers = 0

    def play(self) -> Result:
        """Small messages, then big ones; each with a baseline before."""
        for reader in self.healthy:
            reader.open()
            reader.start()
        size = self.size
        for name, text, before, count, rate in (
            ("small", SMALL_TEXT, size.baseline, size.small, size.small_rate),
            ("big", BIG_TEXT, size.big_baseline, size.big, size.big_rate),
        ):
            self.options.say(f"  {count:,} {name} messages")
            with Watch(self.server, []):  # looking costs the server something too
                baseline = self._p99(text, before, rate)
            with self._watching(name):
                slow = self._p99(text, count, rate)
            self._compare(name, baseline, slow)
        self._finish()
        amount = (
            f"{size.readers} slow readers beside {size.readers} others, "
            f"{size.small:,} messages and {size.big} of 48 KB"
        )
        return Result("slow", amount, self.report, self.figures)

    def _p99(self, text: str, count: int, rate: float) -> float:
        """Send so many; the seconds within which 99 % reached the healthy readers."""
        for reader in self.healthy:
            reader.latencies.clear()
        self._send(text, count, rate)
        latencies = sorted(s for reader in self.healthy for s in reader.latencies)
        return latencies[int(len(latencies) * 0.99)]

    def _send(self, text: str, count: int, rate: float) -> None:
        line = Line(self.server.port, self.writer.token)
        asked: dict[int, Act] = {}
        began, done = time.monotonic(), 0
        while done < count:
            due = min(count, int((time.monotonic() - began) * rate) + 1)
            acts = [self._compose(text) for _ in range(due - done)]
            done = due
            for act in acts:
                self.history.note("invoke", "socket", act)
                self.sent[act.client_id] = time.monotonic()
            if acts:
                asked.update(zip(line.send_all(map(as_event, acts)), acts, strict=True))
            self._hear_answers(line, asked, until=began + done / rate)
        while asked:
            self._hear_answers(line, asked, until=time.monotonic() + 0.1)
        line.cut()
        last = self.numbers
        deadline = time.monotonic() + 30
        for reader in self.healthy:
            while reader.heard < last and time.monotonic() < deadline:
                time.sleep(0.01)  # polling, with a deadline
            sentence = f"{reader.heard} of {last}"
            self.report.expect("healthy readers hear everything", reader.heard == last, sentence)

    def _hear_answers(self, line: Line, asked: dict[int, Act], until: float) -> None:
        while (left := until - time.monotonic()) > 0 or not asked:
            heard = line.read(max(left, 0.001))
            if heard is None or left <= 0:
                return
            if heard.ack_id in asked:
                answer = heard.payload
                message = answer["data"]["message"]
                act = asked.pop(heard.ack_id)
                self.history.note("ok", "socket", act, seq=message["seq"], message_id=message["id"])

    def _compose(self, text: str) -> Act:
        self.numbers += 1
        return Act(self.writer.user_id, f"c{self.numbers}", self.conversation_id, text)

    @contextmanager
    def _watching(self, name: str) -> Iterator[None]:
        """Slow readers connect and stop reading; memory, cuts and sockets are looked at."""
        for reader in self.slow:
            reader.open(SMALL_BUFFER)
        watch = Watch(self.server, [reader.local_port for reader in self.slow])
        with watch:
            yield
            watch.wait_until_gone(GONE_SECONDS + 5)
        watch.judge(self.report, self.options)
        grown = watch.most_memory - watch.memory_before
        self.figures[f"{name}: memory"] = f"+{max(0, grown) / MEGABYTE:.0f} MB (≤ 64 MB)"
        after = f"{max(watch.gone_after(), default=0):.1f} s after the cut (≤ 5 s)"
        self.figures[f"{name}: TCP gone"] = after
        for reader in self.slow:
            reader.close()

    def _compare(self, name: str, baseline: float, slow: float) -> None:
        ratio = slow / baseline
        if not self.options.quick:  # a few messages beside other tests say nothing about this
            self.report.expect(
                "healthy p99 within twice its baseline",
                ratio <= 2.0,
                f"{name}: {slow * 1000:.1f} ms, {baseline * 1000:.1f} ms before",
            )
        self.figures[f"{name}: healthy p99"] = (
            f"{slow * 1000:.1f} ms, baseline {baseline * 1000:.1f} ms, {ratio:.2f}× (≤ 2×)"
        )

    def _finish(self) -> None:
        for reader in self.healthy:
            reader.done.set()
            reader.join(10)
            assert reader.error is None, reader.error
        for reader in [*self.healthy, *self.slow]:
            reader.open()
            reader.sync()
            reader.close()
        state = State.of(self.server.data_dir)
        self.report.add(check(self.history.entries, state.rows, state.integrity))
        for reader in [*self.healthy, *self.slow]:
            check_mirror(self.report, state, reader.mirror, [self.conversation_id])


class Reader(threading.Thread):
    """A reader that joins and listens; or one that only connects."""

    def __init__(self, scene: Scene, account: Account, folder: Path) -> None:
        super().__init__(daemon=True)
        self.scene, self.account = scene, account
        self.mirror = Mirror(account.user_id, folder / f"reader-{account.user_id}.log")
        self.done = threading.Event()
        self.latencies: list[float] = []
        self.heard = 0
        self.error: Exception | None = None

    def open(self, receive_buffer: int | None = None) -> None:
        """A new connection that has joined and caught up."""
        port = self.scene.server.port
        self.pipe = WebSocketPipe(port, receive_buffer)
        self.line = Line(port, self.account.token, self.pipe)
        self.local_port: int = self.pipe.socket.getsockname()[1]
        self.mirror.begin()
        wish = {"conversation_id": self.scene.conversation_id}
        joined = self.line.ask("join_conversation", wish, self._hear)
        self.mirror.joined(self.scene.conversation_id, joined["data"])
        self.sync()

    def sync(self) -> None:
        """Catch up."""
        more = True
        while more:
            answer = self.line.ask("sync", {"after": self.mirror.cursor}, self._hear)
            more = self.mirror.apply(answer["data"])

    def run(self) -> None:
        """Listen until told to stop."""
        try:
            while not self.done.is_set():
                heard = self.line.read(0.1)
                if heard is not None:
                    self._hear(heard)
        except LostError as error:
            self.error = error
        self.line.cut()

    def close(self) -> None:
        """Hang up."""
        self.line.cut()

    def _hear(self, heard: Heard) -> None:
        if heard.event == "new_message":
            client_id = heard.payload["message"]["client_id"]
            self.latencies.append(time.monotonic() - self.scene.sent[client_id])
            self.heard += 1
        if heard.event is not None:
            self.mirror.hear(heard.event, heard.payload)
