"""A reconnect storm: all clients disconnect, reconnect and sync at once.

Meanwhile a few pairs of bystanders continue to exchange messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench import driver
from bench.driver import Figures, Member, Phase
from bench.peers.server import Running
from bench.workloads import rest
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan, Talk

NEIGHBOURS = 5
MESSAGES = 10
PAIRS = 20  # of bystanders
TALK_PER_SECOND = 100.0
QUIET_SECONDS = 6.0
PATIENCE_SECONDS = 40.0
_MISSED = 1.0  # messages in each conversation since the cursor of its returning clients


class Storm(Workload):
    """5,000 clients reconnect."""

    name = "storm"
    title = "Reconnect storm"

    def cases(self, scale: Scale) -> Sequence[Case]:
        count = scale.connections
        plan = _plan(count)

        def measure(server: Running) -> dict[str, Figures]:
            report = driver.run(
                "storm",
                server.port,
                server.pid,
                _people(plan, count),
                [
                    Phase("quiet", QUIET_SECONDS, rate=TALK_PER_SECOND),
                    Phase("storm", PATIENCE_SECONDS, rate=TALK_PER_SECOND),
                ],
                warm=0.0,
                patience=150,
            )
            report.phases["storm"].pop("lost")  # all connections, on purpose
            return {
                f"before {count:,} come back": report.phases["quiet"],
                f"while {count:,} come back": report.phases["storm"],
            }

        return [Case(str(count), plan, measure)]


def _plan(count: int) -> Plan:
    away = rest.circle(count, NEIGHBOURS, MESSAGES)
    pairs = (Talk((count + 2 * n + 1, count + 2 * n + 2), MESSAGES) for n in range(PAIRS))
    return Plan(count + 2 * PAIRS, (*away.talks, *pairs))


def _people(plan: Plan, count: int) -> Iterator[Member]:
    cursor = rest.last_revision(plan) - int(len(plan.talks) * _MISSED)
    for user in range(1, count + 1):
        yield Member(user, target=cursor)
    for number in range(PAIRS):
        talk = len(plan.talks) - PAIRS + 1 + number
        yield Member(count + 2 * number + 1, "send", room=talk, target=talk)
        yield Member(count + 2 * number + 2, "extra", room=talk)
