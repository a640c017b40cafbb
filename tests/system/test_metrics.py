"""``/metrics``: every figure moves when what it counts happens."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket

from tests.support.inside import inside
from tests.support.people import Person, eventually
from tests.support.server import ROOT, Server
from tests.torture.faults.disk import storage

NEVER_GIVEN_OUT = 2**53 - 1
HERE = "tests.system.test_metrics"


def figures(server: Server) -> dict[str, float]:
    """Every sample of ``/metrics`` by its name, labels included."""
    text = requests.get(f"{server.url}/metrics", timeout=30).text
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: nobody else makes its figures move."""
    with Server(tmp_path_factory.mktemp("metrics"), RATELIMIT_ENABLED="false") as running:
        yield running


@pytest.fixture
def pair(counted: Server) -> Iterator[tuple[Person, Person]]:
    """Alice and Bob."""
    people = Person(counted, "Alice"), Person(counted, "Bob")
    yield people
    for person in people:
        person.close()


def test_a_replay_is_counted_by_its_outcome_whichever_way_it_is_asked_for(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    opened = alice.connect()
    before = figures(counted)
    for number in range(3):
        bob.post("/messages", {"recipient_id": alice.id, "text": f"{number}"})
    cursor = opened.wait_for("ready")["cursor"]
    assert alice.get("/changes", after=cursor, limit=1)["has_more"]  # a page that is not the last
    assert not alice.get("/changes", after=cursor)["has_more"]
    assert not opened.ok("sync", {"after": cursor})["has_more"]
    assert opened.ok("sync", {"after": NEVER_GIVEN_OUT})["reset"]
    after = figures(counted)

    assert _grown(before, after, 'palabre_replays_total{outcome="recovered"}') == 2
    assert _grown(before, after, 'palabre_replays_total{outcome="reset"}') == 1


def test_a_repeated_send_is_counted_as_a_duplicate(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    message = {"recipient_id": bob.id, "text": "Once", "client_id": "one"}
    before = figures(counted)
    for _ in range(3):
        alice.post("/messages", message)
    alice.post("/messages", {**message, "client_id": "two"})

    assert _grown(before, figures(counted), "palabre_duplicates_absorbed_total") == 2


def test_a_write_is_counted_with_its_batch_and_its_time(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    before = figures(counted)
    for number in range(5):
        alice.post("/messages", {"recipient_id": bob.id, "text": f"{number}"})
    after = figures(counted)

    for name in ("palabre_commits_total", "palabre_commands_total"):
        assert _grown(before, after, name) >= 5
    for histogram in ("palabre_commit_batch_size", "palabre_commit_seconds"):
        assert _grown(before, after, f"{histogram}_count") >= 5
        assert _grown(before, after, f'{histogram}_bucket{{le="+Inf"}}') >= 5
        assert _grown(before, after, f"{histogram}_sum") > 0
    assert _grown(before, after, 'palabre_commit_batch_size_bucket{le="1.0"}') >= 5
    assert after["palabre_writer_waiting"] == 0


def test_commands_that_wait_for_a_lock_are_seen_waiting_and_then_as_one_batch(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    place = alice.post("/messages", {"recipient_id": bob.id, "text": "0"})["conversation_id"]
    senders = [alice.connect(), bob.connect(), alice.connect(), bob.connect()]
    before = figures(counted)

    def others_wait_behind_the_first() -> bool:
        for opened in senders:
            opened.emit("send_message", {"conversation_id": place, "text": "Together"})
        return figures(counted)["palabre_writer_waiting"] >= len(senders)

    def several_shared_a_commit() -> bool:
        after, alone = figures(counted), 'palabre_commit_batch_size_bucket{le="1.0"}'
        commits = _grown(before, after, "palabre_commits_total")
        return commits > _grown(before, after, alone) and after["palabre_writer_waiting"] == 0

    with storage.locked(counted):
        eventually(others_wait_behind_the_first)
    eventually(several_shared_a_commit)


def test_a_batch_that_storage_refuses_is_counted(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    before = figures(counted)
    with storage.locked(counted):
        answer = alice.call("POST", "/messages", {"recipient_id": bob.id, "text": "No"})
    assert answer.status_code == 503
    assert _grown(before, figures(counted), "palabre_failed_batches_total") == 1


def test_connections_are_counted_while_they_last(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, _ = pair
    eventually(lambda: figures(counted)["palabre_connections"] == 0)
    opened = alice.connect()
    assert figures(counted)["palabre_connections"] == 1
    opened.close()
    eventually(lambda: figures(counted)["palabre_connections"] == 0)


def test_a_reader_that_is_too_slow_is_counted_when_it_is_cut(
    counted: Server, pair: tuple[Person, Person]
) -> None:
    alice, bob = pair
    place = alice.post("/messages", {"recipient_id": bob.id, "text": "0"})["conversation_id"]
    slow, sender = _reader_who_stops_reading(bob), alice.connect()
    before = figures(counted)

    def cut() -> bool:
        for _ in range(50):
            sender.emit("send_message", {"conversation_id": place, "text": "x" * 7900})
        sender.settle()
        return _grown(before, figures(counted), "palabre_transport_slow_consumers_total") == 1

    eventually(cut)
    slow.close()


def test_a_loop_that_is_held_up_is_seen_to_lag(tmp_path: Path) -> None:
    found = inside(f"{HERE}:hold_the_loop_up", tmp_path)
    assert found["longest"] >= found["held"] * 0.5
    assert found["late"] >= 1


def test_every_metric_is_explained_to_who_hosts(counted: Server) -> None:
    text = (ROOT / "docs" / "self-hosting.md").read_text()
    documented = set(re.findall(r"`(palabre_\w+)(?:\{outcome\})?`", text))
    served = {re.sub(r"_(bucket|count|sum)$", "", name) for name in _names(figures(counted))}
    assert documented == served


def _names(found: dict[str, float]) -> set[str]:
    names = {name.partition("{")[0] for name in found}
    return {name for name in names if name.startswith("palabre_") and "_created" not in name}


def _grown(before: dict[str, float], after: dict[str, float], name: str) -> float:
    return after[name] - before[name]


def _reader_who_stops_reading(person: Person) -> websocket.WebSocket:
    url = person.server.url.replace("http", "ws")
    opened = websocket.create_connection(
        f"{url}/socket.io/?EIO=4&transport=websocket",
        timeout=30,
        sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),),
    )
    opened.recv()
    opened.send(f"40{json.dumps({'token': person.token})}")
    while not opened.recv().startswith("42"):
        pass
    return opened


def hold_the_loop_up(_app: object) -> dict[str, float]:
    """In the server's process: a while in which nothing else can run, longer than the machine's own pauses."""
    import gevent
    from gevent.monkey import get_original

    from app.operations.metrics import LoopWatch

    watch = LoopWatch()
    gevent.spawn(watch.watch)
    gevent.sleep(0.3)
    before = watch.longest
    held = max(0.5, 3 * before)
    get_original("time", "sleep")(held)
    gevent.sleep(0.3)
    buckets = dict(watch.lag.buckets)
    return {
        "held": held,
        "longest_before": before,
        "longest": watch.longest,
        "late": buckets["+Inf"] - buckets["0.1"],
    }
