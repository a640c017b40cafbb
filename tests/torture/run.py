"""One torture run: a world, its clients, ``kill -9`` at random moments, and the verdict."""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.server import Server
from tests.torture.checker import Report, Row, check, read_database, tell
from tests.torture.clients import Client, Plan, Sender
from tests.torture.followers import Follower, patiently
from tests.torture.history import History
from tests.torture.line import rest
from tests.torture.world import World, make_world

# Every so often the master goes with its worker, and every so often a worker that only starts.
WHOLE_CHANCE = 0.1
EARLY_CHANCE = 0.15
SETTLE_SECONDS = 60.0
TRAFFIC = 20  # up to so many messages are acknowledged between the last wait and a kill
TRAFFIC_SECONDS = 10.0


@dataclass(frozen=True)
class Options:
    """What to do; the same seed makes the same decisions, though not the same timing."""

    kills: int = 200
    clients: int = 50
    followers: int = 4
    seed: int = 1
    seconds: float = 1800.0  # no more kills after so long
    messages_per_second: float = 200.0
    between_seconds: float = 1.0  # mean time from ready to the next kill
    cut_chance: float = 0.01  # per burst of a client: it drops its own connection
    least: int = 0  # go on after the last kill until so many messages were acknowledged
    application: str = "wsgi:app"


@dataclass
class Outcome:
    """What a run came to."""

    options: Options
    history: History
    report: Report
    ready_seconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    retries: int = 0
    reconnects: int = 0

    def table(self) -> str:
        """The figures and the verdict, for people."""
        stories = tell(self.history.entries).values()
        acked = sum(bool(story.answers) for story in stories)
        figures = {
            "seed": str(self.options.seed),
            "clients": f"{self.options.clients} sending, {self.options.followers} following",
            "kills": str(len(self.ready_seconds)),
            "messages sent": f"{len(stories):,}, {acked:,} acknowledged",
            "never answered": f"{sum(bool(s.unknown) and not s.answers for s in stories):,}",
            "refused": f"{sum(bool(s.refusals) for s in stories):,}",
            "retried": f"{self.retries:,}",
            "connections": f"{self.reconnects:,}",
            "ready again after": _spread(self.ready_seconds),
            "took": f"{self.seconds:.0f} s",
        }
        lines = [f"  {name:<20} {value}" for name, value in figures.items()]
        return "\n".join([*lines, "", self.report.table(), "", self._verdict()])

    def _verdict(self) -> str:
        return "  PASSED: the promise holds." if self.report.clean else "  FAILED: see WRONG above."


Say = Callable[[str], None]


def say(sentence: str) -> None:
    """Progress, for people who watch."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def run(options: Options, folder: Path, progress: Say = say) -> Outcome:
    """Torture a server of its own in ``folder``; returns what came of it."""
    began = time.monotonic()
    server = Server(
        folder, RATELIMIT_ENABLED="false", JWT_ACCESS_TOKEN_EXPIRES="86400", LOG_LEVEL="WARNING"
    )
    server.application = options.application
    server.start()
    try:
        outcome = _torture(server, options, progress)
    finally:
        server.stop()
    outcome.seconds = time.monotonic() - began
    return outcome


def _torture(server: Server, options: Options, progress: Say) -> Outcome:
    world = make_world(server.port, options.clients, options.followers)
    progress(f"{options.clients} senders and {options.followers} followers; seed {options.seed}")
    pause = options.clients * 4.5 / 2 / options.messages_per_second  # a burst is 2.75 messages
    plan = Plan(server.port, History(), pause, options.cut_chance)
    senders, followers = _start(plan, world, options)
    report = Report()
    try:
        ready = _kill_repeatedly(server, options, plan, report, progress)
        _wait_for_messages(plan.history, options.least)
        _finish(plan, senders, followers)
    finally:
        plan.done.set()
        plan.hurry.set()
    _judge(server, world, plan, senders, followers, report)
    return Outcome(
        options,
        plan.history,
        report,
        ready,
        retries=sum(sender.retries for sender in senders),
        reconnects=sum(client.connects for client in [*senders, *followers]),
    )


def _start(plan: Plan, world: World, options: Options) -> tuple[list[Sender], list[Follower]]:
    senders = [
        Sender(plan, account, f"{options.seed}:sender:{number}")
        for number, account in enumerate(world.senders)
    ]
    followers = [
        Follower(plan, account, f"{options.seed}:follower:{number}", by_socket=number % 2 == 0)
        for number, account in enumerate(world.followers)
    ]
    for client in [*senders, *followers]:
        client.start()
    return senders, followers


def _kill_repeatedly(
    server: Server, options: Options, plan: Plan, report: Report, progress: Say
) -> list[float]:
    dice = random.Random(f"{options.seed}:killer")
    deadline = time.monotonic() + options.seconds
    ready: list[float] = []
    while len(ready) < options.kills and time.monotonic() < deadline:
        time.sleep(dice.uniform(0.05, 2 * options.between_seconds))
        _wait_for_traffic(plan.history, dice.randint(1, TRAFFIC))
        began = time.monotonic()
        if dice.random() < WHOLE_CHANCE:
            server.kill_all()
            server.start()
        else:
            _kill_worker(server, dice)
            server.wait_until_ready()
        ready.append(time.monotonic() - began)
        verdict = quick_check(server.data_dir)
        report.expect("integrity_check after each kill", verdict == "ok", verdict)
        if len(ready) % 10 == 0 or len(ready) == options.kills:
            sent = len(plan.history.entries)
            progress(f"  {len(ready):>4} kills, ready in {ready[-1]:.2f} s, {sent:,} entries")
    return ready


def _wait_for_messages(history: History, least: int) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while history.acknowledged < least:
        assert time.monotonic() < deadline, f"fewer than {least} messages were acknowledged"
        time.sleep(0.05)  # polling, with a deadline


def _wait_for_traffic(history: History, messages: int) -> None:
    """A kill proves little while everybody is still reconnecting: wait for so many answers more."""
    wanted = history.acknowledged + messages
    deadline = time.monotonic() + TRAFFIC_SECONDS
    while history.acknowledged < wanted and time.monotonic() < deadline:
        time.sleep(0.001)  # polling, with a deadline


def _kill_worker(server: Server, dice: random.Random) -> None:
    server.kill_worker()
    if dice.random() < EARLY_CHANCE:
        time.sleep(dice.uniform(0.0, 1.0))
        # For a moment, the old one may have been buried and the new one not yet born.
        with suppress(IndexError, ProcessLookupError):
            server.kill_worker()


def quick_check(data_dir: Path) -> str:
    """``integrity_check`` of the live database, on a read-only connection."""
    connection = sqlite3.connect(f"file:{data_dir / 'palabre.db'}?mode=ro", uri=True)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def _finish(plan: Plan, senders: list[Sender], followers: list[Follower]) -> None:
    """Nothing new; everybody retries until answered, then the followers ask one last time."""
    plan.done.set()
    _join([*senders, *followers])
    plan.hurry.set()
    for follower in followers:
        patiently(follower.catch_up, SETTLE_SECONDS)


def _join(clients: list[Sender | Follower]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    for client in clients:
        client.join(max(0.1, deadline - time.monotonic()))
        assert not client.is_alive(), f"{client.name} does not come to an end"
        _raise_error_of(client)


def _raise_error_of(client: Client) -> None:
    if client.error is not None:
        raise AssertionError(f"client {client.name} failed") from client.error


def _judge(
    server: Server,
    world: World,
    plan: Plan,
    senders: list[Sender],
    followers: list[Follower],
    report: Report,
) -> None:
    lists = {
        "REST": [row for c, a in world.readers.items() for row in _read_by_rest(server, c, a.token)]
    }
    for number, follower in enumerate(followers):
        kind = "sync" if follower.by_socket else "changes"
        lists[f"follower {number} ({kind})"] = follower.rows()
        report.expect("no follower was reset", follower.resets == 0, follower.name)
    left = sum(len(sender.waiting) for sender in senders)
    report.expect("every retry was answered in the end", left == 0, f"{left} were not")
    rows, verdict = read_database(server.data_dir / "palabre.db")
    found = check(plan.history.entries, rows, lists, verdict)
    report.checked.update(found.checked)
    report.violations.update(found.violations)


def _read_by_rest(server: Server, conversation_id: int, token: str) -> list[Row]:
    rows: list[Row] = []
    after = 0
    while True:
        path = f"/conversations/{conversation_id}/messages?limit=100&after_seq={after}"
        status, page = rest(server.port, token, "GET", path)
        assert status == 200, (status, page)
        rows += [
            Row(conversation_id, m["seq"], m["id"], m["sender"]["id"], m["client_id"], m["text"])
            for m in page["items"]
        ]
        if page["next_cursor"] is None:
            return rows
        after = page["items"][-1]["seq"]


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return "no kill"
    return f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s"
