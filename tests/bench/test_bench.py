"""``bin/bench`` works: it starts servers, drives them, and counts what there is to count."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bench import driver, results, world
from bench.driver import Member, Phase
from bench.peers import PEERS
from bench.peers.server import Running
from bench.world import Plan, Talk
from tests.support.server import ROOT

able = pytest.mark.skipif(
    not (shutil.which("cc") and shutil.which("taskset") and (os.cpu_count() or 1) > 1),
    reason="the bench needs Linux, a C compiler and two cores",
)


@able
def test_the_quick_run_measures_palabre(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--append", str(kept)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    turns = {turn.workload: turn.figures for turn in results.load(kept).turns}
    assert turns["fanout"]["deliveries_per_s"] > 0
    assert turns["sends"]["acks_per_s"] > 0
    assert turns["sends"]["notifications_per_s"] > 0
    assert all(figures["refusals"] == figures["lost"] == 0 for figures in turns.values())
    assert all(0 < figures["server_cpu"] <= 1.2 for figures in turns.values())


@able
def test_every_listener_is_counted_and_times_are_in_order() -> None:
    people = 30
    with Running(PEERS["limit"], None) as server:
        members = [Member(n, "send" if n == 1 else "listen", 1, 1) for n in range(1, people + 1)]
        phases = [Phase("two", 0.3, window=2), Phase("paced", 0.5, rate=40)]
        report = driver.run("fanout", server.port, server.pid, members, phases, warm=0.1)
    assert report.connecting["ready"] == people
    two, paced = report.phases["two"], report.phases["paced"]
    # A message in flight at either end may be half delivered.
    messages = two["messages_per_s"] * two["seconds"]
    assert abs(two["delivery_count"] - people * messages) <= 2 * 2 * people
    assert 0 < two["delivery_p50_ms"] <= two["delivery_p99_ms"] <= two["delivery_max_ms"] * 1.02
    assert 10 <= paced["acks"] <= 25  # forty a second, for half a second


@able
def test_a_server_that_lets_nobody_in_is_a_failure() -> None:
    with Running(PEERS["limit"], None) as server:
        members = [Member(1, kind="chat")]  # speaks XMPP to a WebSocket server
        with pytest.raises(driver.Failed, match="0 of 1 connected"):
            driver.run("fanout", server.port, server.pid, members, [], patience=1)


def test_a_world_is_as_servers_leave_it(tmp_path: Path) -> None:
    plan = Plan(3, (Talk((1, 2), 10), Talk((1, 2, 3), 4), Talk((2, 3))))
    copy = tmp_path / "world.db"
    shutil.copyfile(world.database(plan), copy)
    with sqlite3.connect(copy) as db:
        counted = db.execute(
            "SELECT conversation_id, user_id, (SELECT COUNT(*) FROM messages m"
            " WHERE m.conversation_id = p.conversation_id AND m.seq > p.last_read_seq"
            " AND m.sender_id <> p.user_id),"
            " c.last_seq - p.last_read_seq - p.unread_skipped"
            " FROM participants p JOIN conversations c ON c.id = p.conversation_id"
        ).fetchall()
        assert len(counted) == 7
        assert sum(unread for *_, unread, _ in counted) > 0
        assert [row for row in counted if row[2] != row[3]] == []
        assert (
            db.execute("SELECT MAX(revision) FROM messages").fetchone()
            == db.execute("SELECT revision FROM revision_counter").fetchone()
        )
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        # The application tells conversations of two from groups by this.
        assert db.execute(
            "SELECT conversation_id, user_id, peer_id FROM participants"
            " WHERE conversation_id <> 2 ORDER BY 1, 2"
        ).fetchall() == [(1, 1, 2), (1, 2, 1), (3, 2, 3), (3, 3, 2)]
        assert db.execute("SELECT SUM(unread) FROM unread_tallies").fetchone() == (
            sum(unread for conversation, _, unread, _ in counted if conversation != 2),
        )
        assert db.execute(
            "SELECT id FROM conversations c WHERE last_seq <>"
            " (SELECT COUNT(*) FROM messages m WHERE m.conversation_id = c.id)"
        ).fetchall() == []  # fmt: skip
