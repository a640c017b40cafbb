"""Fan-out: all members of a room have joined; one of them writes, and all receive the message."""

from __future__ import annotations

from collections.abc import Sequence

from bench import driver
from bench.driver import Figures, Member, Phase
from bench.peers.server import Running
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan, Talk

ROOMS = (50, 200, 1000)
PACED_PER_SECOND = 20.0
HISTORY = 200  # messages in the room before the run


class FanOut(Workload):
    """Rooms of three sizes, with one and four messages in flight, and at a calm pace."""

    name = "fanout"
    title = "Fan-out"

    def cases(self, scale: Scale) -> Sequence[Case]:
        rooms = (20,) if scale.quick else ROOMS
        return [self._room(size, scale) for size in rooms if scale.wants(str(size))]

    def _room(self, size: int, scale: Scale) -> Case:
        people = range(1, size + 1)
        plan = Plan(size, (Talk(tuple(people), HISTORY),))

        def measure(server: Running) -> dict[str, Figures]:
            members = [
                Member(user, "send" if user == 1 else "listen", 1, 1, server.peer.speaks)
                for user in people
            ]
            report = driver.run(
                "fanout", server.port, server.pid, members, _phases(scale), patience=150
            )
            return {f"room of {size}, {name}": figures for name, figures in report.phases.items()}

        return Case(str(size), plan, measure)


def _phases(scale: Scale) -> list[Phase]:
    if scale.quick:
        return [Phase("four in flight", scale.seconds, window=4)]
    return [
        Phase("one in flight", scale.seconds, window=1),
        Phase("four in flight", scale.seconds, window=4),
        Phase("paced", max(scale.seconds, 5.0), rate=PACED_PER_SECOND),
    ]
