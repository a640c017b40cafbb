"""Churn: connections come and go in every way there is, and leave nothing behind."""

from __future__ import annotations

import http.client
import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import requests

from tests.support.people import Person
from tests.support.server import ROOT, Server
from tests.torture.checker import Report
from tests.torture.faults import Options, Result
from tests.torture.faults.churn.counts import APPLICATION, Counts, counted, metric, settled
from tests.torture.faults.churn.dialer import DEPTHS, WAYS, dial
from tests.torture.planted import application

TOTAL, QUICK_TOTAL = 20_000, 600
AT_ONCE, QUICK_AT_ONCE = 200, 100
PEOPLE, QUICK_PEOPLE = 20, 4
ABANDONED_POLLS = (
    200  # sessions that are never polled again; in the full run only, for they last 45 s
)
SETTLE_SECONDS, QUICK_SETTLE_SECONDS = 90.0, 10.0
DESCRIPTORS_FOR_US = 1000

# What may be more than before, whatever the number of connections: the counting itself, threads of
# the pool, memory that the allocator keeps. One thing left behind by each connection is far above.
MORE_DESCRIPTORS, MORE_GREENLETS, MORE_THREADS = 3, 8, 10
MORE_MEMORY = 8 * 1024 * 1024
MORE_PER_CONNECTION = 0.1  # objects, and things held


@dataclass
class _Churn:
    """One run."""

    server: Server
    options: Options
    people: list[tuple[str, int]] = field(default_factory=list)  # token, conversation
    ended: int = 0

    def batch(self, way: str, depth: str, count: int) -> None:
        """Open so many connections, and end all of them."""
        if way == "kill":
            self._kill(count)
        else:
            for one in dial(self.server.port, self.people, count, depth):
                WAYS[way](one)
        self.ended += count

    def _kill(self, count: int) -> None:
        command = [sys.executable, "-m", "tests.torture.faults.churn.dialer", str(self.server.port)]
        client = subprocess.Popen(
            [*command, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(json.dumps(self.people).encode())
        client.stdin.close()
        assert client.stdout.readline() == f"{count}\n".encode()
        client.kill()
        client.wait()
        client.stdout.close()

    def abandon_polls(self, count: int) -> None:
        """Sessions over long polling whose clients are never heard of again."""
        for number in range(count):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            path = "/socket.io/?EIO=4&transport=polling"
            connection.request("GET", path)
            sid = json.loads(connection.getresponse().read()[1:])["sid"]
            token = self.people[number % len(self.people)][0]
            connection.request("POST", f"{path}&sid={sid}", f"40{json.dumps({'token': token})}")
            assert connection.getresponse().read() == b"OK"
            connection.close()
        self.ended += count


def run(options: Options) -> Result:
    """Open and end them, and count before and after."""
    _raise_descriptor_limit()
    server = Server(
        options.folder / "data", RATELIMIT_ENABLED="false", CHURN_APPLICATION=options.application
    )
    server.application = APPLICATION
    with server:
        churn = _Churn(server, options)
        churn.people = _people(server, QUICK_PEOPLE if options.quick else PEOPLE)
        result = _churn(churn)
    if not options.quick:
        _plant(result.report, options)
    return result


def _plant(report: Report, options: Options) -> None:
    """A server that remembers every connection must be found out by the same rules."""
    folder = options.folder / "leak"
    folder.mkdir()
    found = run(replace(options, folder=folder, quick=True, application=application("leak")))
    seen = ", ".join(found.report.violations)
    report.expect("planted leak: caught", "maps back" in seen, f"found {seen or 'nothing'}")


def _churn(churn: _Churn) -> Result:
    options, server = churn.options, churn.server
    total = QUICK_TOTAL if options.quick else TOTAL
    at_once = QUICK_AT_ONCE if options.quick else AT_ONCE
    kinds = list(_kinds(options.quick))
    idle = counted(server).greenlets
    for way, depth in kinds:  # what is made once for all connections is made now
        # Once with everybody: what is kept per person, or per token, is there before we count.
        churn.batch(way, depth, len(churn.people) if options.quick else at_once)
    before, churn.ended = _at_rest(churn, idle), 0
    began = time.monotonic()
    if not options.quick:
        churn.abandon_polls(ABANDONED_POLLS)
    for way, depth in itertools.cycle(kinds):
        if churn.ended >= total:
            break
        churn.batch(way, depth, min(at_once, total - churn.ended))
        if churn.ended % (at_once * 10) < at_once:
            options.say(f"  {churn.ended:,} connections have come and gone")
    seconds = time.monotonic() - began
    report = Report()
    after, wrong = _after(before, churn)
    # A few hundred connections say nothing about memory: the allocator keeps more than they need.
    measures = [what for what in MEASURES if what != "memory" or not options.quick]
    for what in measures:
        sentences = [sentence for measure, sentence in wrong if measure == what]
        report.expect(f"{what} back to the baseline", not sentences, "".join(sentences))
    return Result(
        "churn",
        f"{churn.ended:,} connections, {churn.ended / seconds:.0f} a second",
        report,
        {
            "memory": f"{_megabytes(after.memory - before.memory):+.1f} MB (≤ 8 MB)",
            "descriptors": f"{before.descriptors} → {after.descriptors}",
            "greenlets": f"{before.greenlets} → {after.greenlets}",
            "held in maps": f"{before.held:,} → {after.held:,}",
        },
    )


MEASURES = ("connections", "descriptors", "threads", "greenlets", "memory", "objects", "maps")


def _after(before: Counts, churn: _Churn) -> tuple[Counts, list[tuple[str, str]]]:
    """Count until nothing is above its bound any more, or for so long."""
    patience = QUICK_SETTLE_SECONDS if churn.options.quick else SETTLE_SECONDS
    deadline = time.monotonic() + patience
    while True:
        settled(
            lambda: metric(churn.server, "palabre_connections") == before.connections,
            max(0.0, deadline - time.monotonic()),
        )
        after = counted(churn.server)
        wrong = more_than_before(before, after, churn.ended)
        if churn.options.quick:
            wrong = [(what, sentence) for what, sentence in wrong if what != "memory"]
        if not wrong or time.monotonic() > deadline:
            return after, wrong


def more_than_before(before: Counts, after: Counts, ended: int) -> list[tuple[str, str]]:
    """The measures that are above their bound, each with a sentence."""
    slack = ended * MORE_PER_CONNECTION
    bounds = {
        "connections": (before.connections, after.connections, 0),
        "descriptors": (before.descriptors, after.descriptors, MORE_DESCRIPTORS),
        "threads": (before.threads, after.threads, MORE_THREADS),
        "greenlets": (before.greenlets, after.greenlets, MORE_GREENLETS),
        "memory": (before.memory, after.memory, MORE_MEMORY),
        "objects": (before.objects, after.objects, slack),
        "maps": (before.held, after.held, slack),
    }
    grown = after.grown(before, max(10, ended // 20))
    return [
        (what, f"{was:,} before {ended:,} connections, {now:,} after them: {grown}")
        for what, (was, now, more) in bounds.items()
        if now > was + more
    ]


def _at_rest(churn: _Churn, idle: int) -> Counts:
    """The counts once every connection has ended, and nobody is taken for online any more."""
    assert settled(lambda: not _anybody_online(churn), SETTLE_SECONDS), "somebody is still online"
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = counted(churn.server)
        if found.connections == 0 and found.greenlets <= idle + MORE_GREENLETS:
            return found
        assert time.monotonic() < deadline, f"not at rest: {found}"


def _anybody_online(churn: _Churn) -> bool:
    views = (
        requests.get(
            f"{churn.server.url}/api/v1/auth/me",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        for token, _ in churn.people
    )
    return any(view.json()["online"] for view in views)


def _kinds(quick: bool) -> Iterator[tuple[str, str]]:
    """Ways to end and how far a connection got before."""
    if quick:
        yield "RST", DEPTHS[0]
        yield from itertools.product(WAYS, DEPTHS[-1:])
    else:
        yield from itertools.product(WAYS, DEPTHS)
    yield "kill", DEPTHS[-1]


def _people(server: Server, count: int) -> list[tuple[str, int]]:
    everybody = [Person(server, f"Person{number}") for number in range(count)]
    opened = []
    for one, other in zip(everybody, [*everybody[1:], everybody[0]], strict=True):
        sent = one.post("/messages", {"recipient_id": other.id, "text": "Hello"})
        opened.append((one.token, sent["conversation_id"]))
    for person in everybody:
        person.close()
    return opened


def _raise_descriptor_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < DESCRIPTORS_FOR_US <= hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS_FOR_US, hard))


def _megabytes(size: int) -> float:
    return size / 1024 / 1024
