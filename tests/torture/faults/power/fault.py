"""Power loss: nothing is said before it is on the disk, and any disk that may be found keeps it."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from tests.support.server import Server, Template
from tests.torture.checker import Report
from tests.torture.faults import Options, Result
from tests.torture.faults.power.images import Disk
from tests.torture.faults.power.load import Load, Written
from tests.torture.faults.power.order import FLUSHED, Order, read_order
from tests.torture.faults.power.trace import DATABASE, WAL, Kind, Step, make_tracer, page_size_of
from tests.torture.planted import application

IMAGES, QUICK_IMAGES = 200, 30
PEOPLE, QUICK_PEOPLE = 48, 6
PATIENCE_SECONDS = 60.0
# Acknowledged changes in each of the full run's three lives of the server; and in the quick one's.
CHANGES, QUICK_CHANGES = 2000, 250
KEPT = "what anybody was told of is in the image once"
VERSION = re.compile(r"v(\d+) ")


@dataclass
class Traced:
    """A run: the disk before it, its trace, and all that clients asked for."""

    before: dict[str, bytes]
    steps: list[Step]
    written: Written


def run(options: Options) -> Result:
    """Trace a server under load, then let the power fail at many moments of the trace."""
    tracer = make_tracer(options.folder)
    if isinstance(tracer, str):
        return Result("power", "", skipped=tracer)
    data = options.folder / "data"
    Template.copy_to(data)
    before = {name: (data / name).read_bytes() for name in (DATABASE,)}
    server = Server(data, RATELIMIT_ENABLED="false", **tracer.environment(data))
    server.application = options.application
    server.log_path = options.folder / "server.log"
    written = _lives(server, options)
    traced = Traced(before, [s for s in tracer.steps() if _matters(s)], written)
    assert any(step.kind == Kind.SAY for step in traced.steps), "the shim was not loaded"
    result = _judge(traced, options)
    if not options.quick:
        _plant(result.report, options)
    return result


def _plant(report: Report, options: Options) -> None:
    """Servers that do not flush, or speak too early, must be found out by the same rules."""
    for bug in ("no_flush", "ack_before_commit"):
        folder = options.folder / bug
        folder.mkdir()
        found = run(replace(options, folder=folder, quick=True, application=application(bug)))
        seen = found.report.violations
        caught = FLUSHED in seen and KEPT in seen
        report.expect(f"planted {bug}: caught", caught, f"found {', '.join(seen) or 'nothing'}")


def _lives(server: Server, options: Options) -> Written:
    """Quick: one life. Otherwise three, one of which ends by a kill and one in good order."""
    changes = QUICK_CHANGES if options.quick else CHANGES
    server.start()
    load = Load(server, QUICK_PEOPLE if options.quick else PEOPLE, f"{options.seed}")
    try:
        _write(load, changes)
        if not options.quick:
            options.say("  killed while everybody writes")
            _write(load, changes, server.kill_all)
            server.start()
            options.say("  stopped and started")
            _write(load, changes)
            server.stop()
            server.start()
            _write(load, changes)
    finally:
        server.kill_all()
        load.close()
    return load.written


def _write(load: Load, changes: int, end: Callable[[], None] | None = None) -> None:
    wanted = load.written.acknowledged + changes
    deadline = time.monotonic() + PATIENCE_SECONDS
    load.start()
    while load.written.acknowledged < wanted and time.monotonic() < deadline:
        time.sleep(0.01)  # polling, with a deadline
    if end is not None:
        end()
    load.finish()
    assert load.written.acknowledged >= wanted, "too little was acknowledged"


def _matters(step: Step) -> bool:
    if step.kind == Kind.SAY:
        return b"pw" in step.data
    return step.name in ("", DATABASE, WAL)


def _judge(traced: Traced, options: Options) -> Result:
    report = Report()
    order = read_order(traced.steps, page_size_of(traced.before[DATABASE]))
    order.check(report)
    options.say(f"  {len(traced.steps):,} steps traced, {len(order.commits):,} commits")
    images = QUICK_IMAGES if options.quick else IMAGES
    _fail_often(traced, order, images, options, report)
    seconds = [flush.seconds for flush in order.flushes]
    return Result(
        "power",
        f"{images} images, {traced.written.acknowledged:,} acknowledged changes",
        report,
        {
            "commits": f"{len(order.commits):,}",
            "flushes of the WAL": f"{len(seconds):,}, median {_ms(seconds)}",
            "checkpoints": f"{_checkpoints(traced.steps):,}",
        },
    )


def _fail_often(
    traced: Traced, order: Order, images: int, options: Options, report: Report
) -> None:
    """Go through the trace once, and let the power fail at the chosen moments."""
    dice = random.Random(f"{options.seed}:power")
    moments = sorted(_moments(traced.steps, images, dice))
    told = sorted((place, mark) for mark, place in order.told.items())
    disk, place, known = Disk(traced.before), 0, 0
    promised: dict[str, int] = {}
    for number, moment in enumerate(moments, 1):
        while place <= moment:
            disk.take(traced.steps[place])
            place += 1
        while known < len(told) and told[known][0] <= moment:
            name, version = told[known][1].rsplit("v", 1)
            promised[name] = max(promised.get(name, 0), int(version))
            known += 1
        contents, how = disk.image(dice)
        folder = options.folder / "image"
        _write_image(folder, contents, dice)
        _check_image(folder, promised, traced.written.sent, f"step {moment}, {how}", report)
        if number % 50 == 0:
            options.say(f"  {number} images opened")


def _moments(steps: Sequence[Step], images: int, dice: random.Random) -> list[int]:
    """As many of each sort: in the middle of a commit, in a flush, in a checkpoint, after a word."""
    sorts = (
        [n for n, s in enumerate(steps) if s.kind == Kind.WRITE and s.name == WAL],
        [n for n, s in enumerate(steps) if s.kind == Kind.WRITE and s.name == DATABASE],
        [n for n, s in enumerate(steps) if s.kind == Kind.FLUSH_BEGINS],
        [n for n, s in enumerate(steps) if s.kind == Kind.SAY],
        range(len(steps)),
    )
    there = [places for places in sorts if places]
    return [dice.choice(there[number % len(there)]) for number in range(images)]


def _write_image(folder: Path, contents: dict[str, bytes], dice: random.Random) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    if dice.random() < 0.5:  # it is never flushed: anything may be in it
        (folder / "palabre.db-shm").write_bytes(dice.randbytes(32768))


def _check_image(
    folder: Path, promised: dict[str, int], sent: set[str], moment: str, report: Report
) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        try:
            verdict = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            rows = connection.execute("SELECT client_id, text FROM messages").fetchall()
            numbers = connection.execute(_NUMBERS).fetchall()
        except sqlite3.DatabaseError as error:
            report.expect("every image opens, integrity_check ok", False, f"{moment}: {error}")
            return
    report.expect("every image opens, integrity_check ok", verdict == "ok", f"{moment}: {verdict}")
    _check_rows(rows, promised, sent, moment, report)
    for conversation_id, count, lowest, highest, distinct, last_seq in numbers:
        whole = (lowest, highest, distinct, last_seq) == (1, count, count, count)
        report.expect("in every image, seq is 1..N", whole, f"{moment}: {conversation_id}")


_NUMBERS = """
SELECT c.id, count(*), min(m.seq), max(m.seq), count(DISTINCT m.seq), c.last_seq
FROM messages m JOIN conversations c ON c.id = m.conversation_id GROUP BY c.id
"""


def _check_rows(
    rows: list[tuple[str, str]],
    promised: dict[str, int],
    sent: set[str],
    moment: str,
    report: Report,
) -> None:
    versions: dict[str, list[int]] = {}
    for name, text in rows:
        found = VERSION.match(text.removeprefix(name))
        report.expect("what is stored was sent", name in sent and bool(found), f"{moment}: {name}")
        versions.setdefault(name, []).append(int(found[1]) if found else 0)
    for name, version in promised.items():
        stored = versions.get(name, [])
        report.expect(
            KEPT,
            len(stored) == 1,
            f"{moment}: {name} is there {len(stored)} times",
        )
        report.expect(
            "and as new as they were told",
            bool(stored) and stored[0] >= version,
            f"{moment}: {name} is {stored}, told {version}",
        )


def _checkpoints(steps: Sequence[Step]) -> int:
    return sum(step.kind == Kind.FLUSH_ENDS and step.name == DATABASE for step in steps)


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.1f} ms" if seconds else "never"
