"""Growth: the same work in databases that hold more and more.

Three ways to grow: more messages in all, longer conversations, people with more conversations.
The comparison is of the server's processor time per operation, and of memory per connection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench import driver
from bench.driver import Figures, Member, Phase, Request
from bench.peers.server import Running
from bench.workloads import grown, mix, rest
from bench.workloads.case import Case, Scale, Workload
from bench.workloads.grown import CROWD, ROOM, WRITERS, Grown, pair_of

CONNECTION, STORM, MIX = "a connection", "coming back", "the mix"
ONE, FOUR, SEND = "room, one in flight", "room, four in flight", "send"

_WAYS = {"total": (grown.with_total, grown.TOTALS), "length": (grown.with_length, grown.LENGTHS),
         "circle": (grown.with_circle, grown.CIRCLES)}  # fmt: skip
_READERS = 8
_SHOPPERS = 16  # operations of the mix under way
_COMING = 1_500  # connections, of the same people
_BYSTANDERS_PER_SECOND = 20.0
_PATIENCE_SECONDS = 40.0

_Step = Callable[[Running, Grown, float], dict[str, Figures]]


class Growth(Workload):
    """More messages, longer conversations, busier people."""

    name = "growth"
    title = "Growth"

    def cases(self, scale: Scale) -> Sequence[Case]:
        worlds = [
            make(size) for way, (make, sizes) in _WAYS.items() for size in sizes if scale.wants(way)
        ]
        # Each step has a server of its own: what one leaves behind, another would pay for.
        steps = (_send, _fan_out, _read, _mix, _come, _storm)
        return [_case(world, step, scale.seconds) for world in worlds for step in steps]


def _case(world: Grown, step: _Step, seconds: float) -> Case:
    def measure(server: Running) -> dict[str, Figures]:
        found = step(server, world, seconds)
        return {f"{world.name}, {kind}": figures for kind, figures in found.items()}

    return Case(world.name, world.plan, measure)


def _send(server: Running, _: Grown, seconds: float) -> dict[str, Figures]:
    members = _pairs(joined=False)
    phases = [Phase(SEND, seconds, window=len(members) // 2)]
    return driver.run("sends", server.port, server.pid, members, phases).phases


def _fan_out(server: Running, _: Grown, seconds: float) -> dict[str, Figures]:
    members = [Member(user, "send" if user == CROWD[0] else "listen", ROOM, ROOM) for user in CROWD]
    phases = [Phase(ONE, seconds, window=1), Phase(FOUR, seconds, window=4)]
    return driver.run("fanout", server.port, server.pid, members, phases).phases


def _read(server: Running, world: Grown, seconds: float) -> dict[str, Figures]:
    kinds = (rest.UNCACHED, rest.CACHED, rest.HISTORY, rest.CHANGES)
    return driver.run(
        "rest", server.port, server.pid, [Member(1, kind="http")] * _READERS,
        [Phase(kind, seconds, window=_READERS) for kind in kinds],
        requests=_requests(world),
    ).phases  # fmt: skip


def _requests(world: Grown) -> list[Request]:
    return [
        *(rest.list_request(rest.CACHED, user, listed=grown.LISTED) for user in WRITERS),
        *rest.uncached(WRITERS, grown.LISTED),
        *(rest.history(pair_of(user), user, grown.PAGE) for user in WRITERS),
        *(rest.changes(user, world.news) for user in WRITERS),
    ]


def _mix(server: Running, world: Grown, seconds: float) -> dict[str, Figures]:
    members = [
        Member(user, "send", room=0 if user % 5 else pair_of(user), target=pair_of(user))
        for user in CROWD
    ]
    reads = mix.reads(CROWD, lambda user, _: pair_of(user), world.news, grown.LISTED, grown.PAGE)
    return driver.run(
        "mix", server.port, server.pid, [*members, *[Member(1, kind="http")] * _SHOPPERS],
        [Phase(MIX, seconds, window=_SHOPPERS)], requests=reads,
    ).phases  # fmt: skip


def _come(server: Running, _: Grown, __: float) -> dict[str, Figures]:
    """Each connection receives the online users that its user shares conversations with."""
    members = [Member(WRITERS[n % len(WRITERS)]) for n in range(_COMING)]
    report = driver.run("hold", server.port, server.pid, members, [Phase("held", 0.5)])
    came = report.connecting
    return {
        CONNECTION: {
            **came,
            "operation_cpu_us": came["server_cpu"] / came["per_s"] * 1e6,
            "kb_a_connection": came["server_memory_grown_kb"] / came["ready"],
        }
    }


def _storm(server: Running, world: Grown, _: float) -> dict[str, Figures]:
    """The crowd comes back and syncs, each on thirty devices; the writers are the bystanders."""
    away = [Member(CROWD[n % len(CROWD)], target=world.news) for n in range(_COMING)]
    phases = [
        Phase("quiet", 0.5, rate=_BYSTANDERS_PER_SECOND),
        Phase("storm", _PATIENCE_SECONDS, rate=_BYSTANDERS_PER_SECOND),
    ]
    report = driver.run(
        "storm", server.port, server.pid, [*away, *_pairs(joined=True)], phases, warm=0.0
    )
    came = report.phases["storm"]
    spent = came["server_cpu"] * came["seconds"] / came["synced"]
    return {STORM: {**came, "operation_cpu_us": spent * 1e6}}


def _pairs(*, joined: bool) -> list[Member]:
    """One of each two writes; the other has opened the conversation, or hears a notification."""
    members = []
    for writer, reader in zip(WRITERS[::2], WRITERS[1::2], strict=True):
        talk = pair_of(writer)
        members.append(Member(writer, "send", target=talk))
        members.append(Member(reader, "extra", talk) if joined else Member(reader))
    return members
