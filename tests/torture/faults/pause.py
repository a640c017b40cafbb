"""Everything stands still for a while: first the server, then the clients."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from tests.torture.faults import Options, Result
from tests.torture.rig import Rig

STAMPEDE_SHARE = 0.1  # of the connections may be lost because of a pause


def run(options: Options) -> Result:
    """Ten seconds each; two in the quick version."""
    seconds = 2.0 if options.quick else 10.0
    rounds = 1 if options.quick else 2
    # Patience beyond the pause: a client that waits for an answer is not to give up on its own.
    with Rig(options, patience=30.0, cut_chance=0.0, watch_presence=not options.quick) as rig:
        rig.wait_for_messages(50)
        anew = []
        for _ in range(rounds):
            anew.append(_after(rig, lambda: _stop_server(rig, seconds)))
            anew.append(_after(rig, lambda: _stop_clients(rig, seconds)))
        rig.settle()
    amount = f"server and clients stopped for {seconds:.0f} s, {rounds} times each"
    return rig.result("pause", amount, **{"connections lost": f"at most {max(anew):.0%}"})


def _stop_server(rig: Rig, seconds: float) -> None:
    rig.options.say(f"  the server stops for {seconds:.0f} s")
    processes = [rig.server.process.pid, rig.server.worker_pid()]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    time.sleep(seconds)
    for process in processes:
        os.kill(process, signal.SIGCONT)


def _stop_clients(rig: Rig, seconds: float) -> None:
    rig.options.say(f"  the clients stop for {seconds:.0f} s")
    rig.plan.asleep.set()
    time.sleep(seconds)
    rig.plan.asleep.clear()


def _after(rig: Rig, pause: Callable[[], None]) -> float:
    """The share of connections that were lost during and after a pause."""
    began = time.monotonic()
    pause()
    going_on = rig.wait_for_messages(100)
    rig.report.expect("it goes on after a pause", going_on, "fewer than 100 messages")
    anew = sum(m > began for c in rig.connected for m in c.losses) / len(rig.connected)
    rig.report.expect("no stampede after a pause", anew <= STAMPEDE_SHARE, f"{anew:.0%}")
    return anew
