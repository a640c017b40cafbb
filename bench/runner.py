"""Runs rounds, in each of which every peer takes its turn in every case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench import results as kept
from bench.peers.server import Peer, Running
from bench.places import Missing
from bench.processes import disk_ms, wait_for_calm
from bench.results import Results, Turn
from bench.workloads import Case, Scale, Workload
from bench.world import database

_CALM = 0.15  # of one core, used by other processes
_PATIENCE_SECONDS = 2.0

Say = Callable[[str], None]


def run(
    workloads: Sequence[Workload],
    peers: Sequence[Peer],
    rounds: int,
    scale: Scale,
    results: Results,
    say: Say,
    after_each: Callable[[], None],
    *,
    asked_for: bool,
) -> int:
    """Measures every case in every round; returns the number of turns that failed.

    `asked_for`: the peers were named, so each takes part in every workload it serves.
    """
    name, failures = kept.new_run(), 0
    planned = [(workload, case) for workload in workloads for case in workload.cases(scale)]
    for _, case in planned:
        if case.plan is not None:
            database(case.plan)
    for number in range(1, rounds + 1):
        for workload, case in planned:
            able = [p for p in peers if p.takes_part(workload.name, case.name, asked_for)]
            for peer in _in_turn(able, number):
                say(f"round {number}/{rounds}  {workload.name} {case.name}  {peer.title}")
                try:
                    measured = _turn(case, peer, patient=not scale.quick)
                except Missing:
                    raise
                except Exception as failed:  # the other peers still take their turns
                    failures += 1
                    say(f"      FAILED: {failed}")
                    continue
                for configuration, figures in measured.items():
                    results.turns.append(
                        Turn(name, workload.name, configuration, peer.name, number, figures)
                    )
                    say(f"      {configuration}: {_in_short(figures)}")
                after_each()
    return failures


def _in_turn(peers: Sequence[Peer], number: int) -> list[Peer]:
    """The peers, rotated so that another one is first in each round."""
    first = number % len(peers) if peers else 0
    return [*peers[first:], *peers[:first]]


def _turn(case: Case, peer: Peer, patient: bool) -> dict[str, dict[str, object]]:
    path = database(case.plan) if case.plan is not None else None
    with Running(peer, path, case.environment) as server:
        if patient:
            wait_for_calm(_CALM, _PATIENCE_SECONDS)
        fsync = disk_ms(server.folder)
        measured = case.measure(server)
    return {name: figures | {"fsync_ms": fsync} for name, figures in measured.items()}


_SHORT = {
    "deliveries_per_s": "{:,.0f} deliveries/s",
    "acks_per_s": "{:,.0f} acks/s",
    "answers_per_s": "{:,.0f} answers/s",
    "operations_per_s": "{:,.0f} operations/s",
    "handshakes_per_s": "{:,.0f} handshakes/s",
    "kb_a_connection": "{:.1f} kB a connection",
    "live_ms": "live after {:,.0f} ms",
    "script_bytes": "{:,} bytes of script",
    "idle_cpu": "idle at {:.2%}",
    "all_synced_s": "all synced in {:.2f} s",
    "delivery_p99_ms": "delivery p99 {:.1f} ms",
    "ack_p99_ms": "ack p99 {:.1f} ms",
    "answer_p99_ms": "p99 {:.1f} ms",
    "server_cpu": "server {:.0%} busy",
    "generator_cpu": "generator {:.0%}",
    "others_cpu": "others {:.0%}",
    "fsync_ms": "fsync {:.2f} ms",
    "refusals": "{} REFUSED",
    "lost": "{} LOST",
}


def _in_short(figures: dict[str, object]) -> str:
    return ", ".join(how.format(figures[name]) for name, how in _SHORT.items() if figures.get(name))
