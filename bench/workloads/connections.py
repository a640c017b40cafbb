"""Idle connections: handshakes per second, memory, CPU time while idle.

Each user has a conversation with another connected user, so that presence has recipients.
"""

from __future__ import annotations

import resource
from collections.abc import Sequence

from bench import driver
from bench.driver import Figures, Member, Phase
from bench.peers.server import Running
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan, Talk

COUNTS = (1_000, 5_000, 20_000)
HELD_WITH_HEARTBEAT = 26.0  # longer than the ping interval, 25 s
HELD_BRIEFLY = 3.0
_SETTLING = 2.0
_OTHER_FILES = 500


def possible(count: int) -> int:
    """Returns `count`, or as many connections as the server's limit on open files allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return count if hard == resource.RLIM_INFINITY else min(count, hard - _OTHER_FILES)


class Connections(Workload):
    """1,000, 5,000 and 20,000 connections; the 5,000 stay for a whole heartbeat."""

    name = "connections"
    title = "Connections"

    def cases(self, scale: Scale) -> Sequence[Case]:
        cases = [
            self._case(str(count), count, HELD_BRIEFLY)
            for count in COUNTS
            if scale.wants(str(count))
        ]
        if scale.wants("idle"):
            cases.append(self._case("idle", 5_000, HELD_WITH_HEARTBEAT))
        return cases

    def _case(self, name: str, wanted: int, held: float) -> Case:
        count = possible(wanted) // 2 * 2
        people = range(1, count + 1)
        plan = Plan(count, tuple(Talk((user, user + 1), 2) for user in people if user % 2))

        def measure(server: Running) -> dict[str, Figures]:
            report = driver.run(
                "hold",
                server.port,
                server.pid,
                [Member(user) for user in people],
                [Phase("held", held)],
                warm=_SETTLING,
                patience=150,
            )
            spelt = f"{count:,} connections"
            return {spelt if name != "idle" else f"{spelt}, a heartbeat": _figures(report)}

        return Case(name, plan, measure)


def _figures(report: driver.Report) -> Figures:
    connecting, held = report.connecting, report.phases["held"]
    before = connecting["server_memory_kb"] - connecting["server_memory_grown_kb"]
    grown = held["server_memory_kb"] - before
    return {
        "handshakes_per_s": connecting["per_s"],
        "handshake_cpu_us": connecting["server_cpu"] / connecting["per_s"] * 1e6,
        "kb_a_connection": grown / connecting["ready"],
        "idle_cpu": held["server_cpu"],
        "idle_seconds": held["seconds"],
        "server_cpu": connecting["server_cpu"],
        "generator_cpu": connecting["generator_cpu"],
        "lost": held["lost"],
    }
