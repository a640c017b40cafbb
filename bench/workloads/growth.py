"""Growth: the same work in databases that hold more and more.

Three ways to grow: more messages in all, longer conversations, people with more conversations.
What is compared is the processor time of the server for each message sent, each page read and each
connection that comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from bench import driver
from bench.driver import Figures, Member, Phase, Request
from bench.peers.server import Running
from bench.workloads import rest
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan, Talk

TOTALS = (1_000, 100_000, 1_000_000)
LENGTHS = (10, 1_000, 100_000)
CIRCLES = (10, 500, 5_000)
SENDERS = 5
_EACH = 10  # messages in an ordinary conversation
_READERS = 8
_COMING = 1_500  # connections, of the same ten people
COMING = "coming"
_LISTED = min(CIRCLES)  # so many everybody has: a longer page is not what is to be seen here


@dataclass(frozen=True)
class Grown:
    """A world of some size: conversations 1 … SENDERS are those that are written into."""

    dimension: str
    size: int
    plan: Plan

    @property
    def name(self) -> str:
        """As the report calls it."""
        return f"{self.dimension} {self.size:,}"


def _with_total(messages: int) -> Grown:
    """So many messages in all; everybody has about ten conversations."""
    talks = messages // _EACH
    people = max(2 * SENDERS, talks // 5)
    pairs = [(2 * n + 1, 2 * n + 2) for n in range(SENDERS)]
    others = ((n % people + 1, (n + 1 + n // people) % people + 1) for n in range(talks - SENDERS))
    return Grown(
        "messages in all:", messages,
        Plan(people, tuple(Talk(pair, _EACH) for pair in chain(pairs, others))),
    )  # fmt: skip


def _with_length(messages: int) -> Grown:
    """Conversations of so many messages."""
    pairs = [(2 * n + 1, 2 * n + 2) for n in range(SENDERS)]
    return Grown(
        "messages in a conversation:", messages,
        Plan(2 * SENDERS, tuple(Talk(pair, messages) for pair in pairs)),
    )  # fmt: skip


def _with_circle(conversations: int) -> Grown:
    """Senders and recipients with so many conversations each."""
    pairs = [(2 * n + 1, 2 * n + 2) for n in range(SENDERS)]
    busy = range(1, 2 * SENDERS + 1)
    strangers = range(2 * SENDERS + 1, 2 * SENDERS + conversations)
    others = ((user, stranger) for stranger in strangers for user in busy)
    talks = (Talk(pair, _EACH) for pair in chain(pairs, others))
    return Grown(
        "conversations of a person:", conversations,
        Plan(2 * SENDERS + conversations, tuple(talks)),
    )  # fmt: skip


class Growth(Workload):
    """More messages, longer conversations, busier people."""

    name = "growth"
    title = "Growth"

    def cases(self, scale: Scale) -> Sequence[Case]:
        ways = ((_with_total, TOTALS), (_with_length, LENGTHS), (_with_circle, CIRCLES))
        return [
            _case(make(size), scale)
            for make, sizes in ways
            for size in sizes
            if scale.wants(make.__name__.removeprefix("_with_"))
        ]


def _case(grown: Grown, scale: Scale) -> Case:
    def measure(server: Running) -> dict[str, Figures]:
        sent = driver.run(
            "sends", server.port, server.pid, _people(),
            [Phase("send", scale.seconds, window=SENDERS)],
        )  # fmt: skip
        kinds = (rest.UNCACHED, rest.HISTORY, rest.CHANGES)
        read = driver.run(
            "rest", server.port, server.pid, [Member(1, kind="http")] * _READERS,
            [Phase(kind, scale.seconds, window=_READERS) for kind in kinds],
            requests=_requests(grown.plan),
        )  # fmt: skip
        found = {**sent.phases, **read.phases, COMING: _came(server)}
        return {f"{grown.name}, {kind}": figures for kind, figures in found.items()}

    return Case(grown.name, grown.plan, measure)


def _came(server: Running) -> Figures:
    """Each is told who of their contacts is there."""
    members = [Member(n % (2 * SENDERS) + 1) for n in range(_COMING)]
    report = driver.run("hold", server.port, server.pid, members, [Phase("held", 0.5)])
    came = report.connecting
    return {**came, "operation_cpu_us": came["server_cpu"] / came["per_s"] * 1e6}


def _people() -> list[Member]:
    members = []
    for number in range(1, SENDERS + 1):
        members += [Member(2 * number - 1, "send", target=number), Member(2 * number)]
    return members


def _requests(plan: Plan) -> list[Request]:
    people = range(1, 2 * SENDERS + 1)
    # Everybody hears of the same handful of messages, however many there are.
    after = rest.last_revision(plan) - SENDERS
    return [
        *rest.uncached(people, _LISTED),
        *(rest.history((user + 1) // 2, user) for user in people),
        *(rest.changes(user, after) for user in people),
    ]
