"""Durable sends: users write to each other in pairs, each waiting for an ack before the next.

Both are connected; the recipient has not joined the conversation and receives a notification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from bench import driver, programs
from bench.driver import Figures, Member, Phase
from bench.peers.server import Running
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan, Talk

SENDERS = (50, 500)
HISTORY = 20
SLOWER_MS = 2


def case(name: str, senders: int, seconds: float, environment: Mapping[str, str]) -> Case:
    """Returns a case of so many senders, each with a recipient."""
    pairs = [(2 * n + 1, 2 * n + 2) for n in range(senders)]
    plan = Plan(2 * senders, tuple(Talk(pair, HISTORY) for pair in pairs))

    def measure(server: Running) -> dict[str, Figures]:
        members = chain.from_iterable(
            (Member(sender, "send", target=number), Member(recipient))
            for number, (sender, recipient) in enumerate(pairs, start=1)
        )
        phases = [Phase(name, seconds, window=senders)]
        return driver.run("sends", server.port, server.pid, members, phases).phases

    return Case(str(senders), plan, measure, environment)


class Sends(Workload):
    """50 and 500 senders."""

    name = "sends"
    title = "Durable sends"

    def cases(self, scale: Scale) -> Sequence[Case]:
        counts = (10,) if scale.quick else SENDERS
        return [
            case(f"{count} senders", count, scale.seconds, {})
            for count in counts
            if scale.wants(str(count))
        ]


class SlowDisk(Workload):
    """Durable sends on a disk whose fsync takes 2 ms longer."""

    name = "slowdisk"
    title = "Durable sends on a slower disk"

    def cases(self, scale: Scale) -> Sequence[Case]:
        slower = {"LD_PRELOAD": str(programs.slow_disk()), "SLOW_DISK_MS": str(SLOWER_MS)}
        return [
            case(f"{count} senders, fsync + {SLOWER_MS} ms", count, scale.seconds, slower)
            for count in SENDERS
            if scale.wants(str(count))
        ]
