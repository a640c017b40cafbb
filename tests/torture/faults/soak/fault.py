"""Soak: a crowd talks for a long time, and nothing grows that should not."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field

from tests.torture.checker import Report
from tests.torture.faults import Options, Result
from tests.torture.faults.churn.counts import APPLICATION, Counts, counted, own_memory
from tests.torture.faults.soak.trend import Point, answer_times, p99s, trend
from tests.torture.rig import Rig, make_server

MINUTES, QUICK_MINUTES = 10.0, 0.25
WARM = 0.25  # of the time: what is made once, and caches that fill
WINDOW_SECONDS, QUICK_WINDOW_SECONDS = 15.0, 2.0
SAMPLE_SECONDS = 2.0

# Messages are stored, not kept: what one of them leaves in memory is a share of SQLite's page
# caches, which are bounded, and nothing in the application.
BYTES_PER_MESSAGE = 1024
OBJECTS_PER_MESSAGE = 0.02
P99_GROWTH = 1.5
P99_NOISE_SECONDS = 0.010


@dataclass
class _Soak:
    """The observations."""

    rig: Rig
    memory: list[Point] = field(default_factory=list)
    messages: list[Point] = field(default_factory=list)

    def look(self) -> None:
        """One sample of each."""
        now = time.monotonic()
        self.memory.append(Point(now, own_memory(self.rig.server)))
        self.messages.append(Point(now, self.rig.history.acknowledged))

    def watch(self, until: float) -> None:
        """Samples until then, with a word every minute."""
        said = time.monotonic()
        while time.monotonic() < until:
            time.sleep(SAMPLE_SECONDS)  # what is measured is time going by
            self.look()
            if time.monotonic() - said > 60:
                said = time.monotonic()
                megabytes = self.memory[-1].value / 1024 / 1024
                self.rig.options.say(
                    f"  {self.messages[-1].value:,.0f} messages, {megabytes:.0f} MB"
                )


def run(options: Options) -> Result:
    """Ten minutes, or as many as asked for."""
    minutes = options.minutes or (QUICK_MINUTES if options.quick else MINUTES)
    server = make_server(options, CHURN_APPLICATION=options.application)
    server.application = APPLICATION
    with Rig(options, server=server) as rig:
        soak = _Soak(rig)
        end = time.monotonic() + minutes * 60
        time.sleep(minutes * 60 * WARM)  # what is measured comes after it
        before, began = counted(server), time.monotonic()
        soak.watch(end)
        ended, after = time.monotonic(), counted(server)
        rig.settle()
        figures = _judge(soak, before, after, began, ended)
    result = rig.result("soak", f"{minutes:g} minutes")
    return dataclasses.replace(result, figures={**figures, **result.figures})


def _judge(
    soak: _Soak, before: Counts, after: Counts, began: float, ended: float
) -> dict[str, str]:
    options, report = soak.rig.options, soak.rig.report
    messages = soak.messages[-1].value - soak.messages[0].value
    memory = trend(soak.memory)
    grown = (memory.last - memory.first) / messages
    report.expect(
        "memory does not grow with what was said",
        options.quick or grown <= BYTES_PER_MESSAGE,
        f"{grown:.0f} bytes a message",
    )
    objects = (after.objects - before.objects) / messages
    held = (after.held - before.held) / messages
    report.expect(
        "the application keeps nothing of what was said",
        options.quick or max(objects, held) <= OBJECTS_PER_MESSAGE,
        f"{objects:.3f} objects and {held:.3f} entries a message: "
        f"{after.grown(before, int(messages * OBJECTS_PER_MESSAGE))}",
    )
    same = after.descriptors <= before.descriptors + 5
    report.expect(
        "descriptors stay", same, f"{before.descriptors} before, {after.descriptors} after"
    )
    window = QUICK_WINDOW_SECONDS if options.quick else WINDOW_SECONDS
    # Counting inside the server stops it for a second: not while it is measured.
    answers = [p for p in answer_times(soak.rig.history.entries) if began + 5 < p.at < ended]
    p99 = _judge_p99(p99s(answers, window), options, report)
    return {
        "memory": f"{memory.first / 2**20:.0f} → {memory.last / 2**20:.0f} MB, "
        f"{memory.per_minute / 2**20:+.2f} MB a minute, {grown:.0f} bytes a message (≤ 1 KB)",
        "objects kept": f"{objects:.4f} a message (≤ {OBJECTS_PER_MESSAGE})",
        "p99 of an answer": p99,
    }


def _judge_p99(points: list[Point], options: Options, report: Report) -> str:
    if len(points) < 3:
        assert options.quick, "too little was answered to speak of a trend"
        return "too short a run"
    line = trend(points)
    allowed = max(line.first, 0.0) * P99_GROWTH + P99_NOISE_SECONDS
    sentence = f"{line.first * 1000:.0f} → {line.last * 1000:.0f} ms"
    report.expect("p99 does not rise", options.quick or line.last <= allowed, sentence)
    return f"{sentence} (≤ {P99_GROWTH} × the first + 10 ms)"
