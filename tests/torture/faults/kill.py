"""``kill -9`` of the worker, and now and then of worker and master, at random moments."""

from __future__ import annotations

import math
import random
import time
from contextlib import suppress

from tests.torture.faults import Options, Result
from tests.torture.rig import Rig, spread
from tests.torture.state import quick_check

# Every so often the master goes with its worker, and every so often a worker that only starts.
WHOLE_CHANCE = 0.2
EARLY_CHANCE = 0.15
READY_SECONDS = 3.0
TRAFFIC = 20  # up to so many messages are acknowledged between the last wait and a kill


def run(options: Options) -> Result:
    """100 kills, or as many as there are minutes for; three in the quick version."""
    kills = 3 if options.quick else 100
    dice = random.Random(f"{options.seed}:kill")
    ready: list[float] = []
    whole = 0
    with Rig(options, watch_presence=True) as rig:
        deadline = time.monotonic() + 60 * (options.minutes or math.inf)
        while len(ready) < kills and time.monotonic() < deadline:
            time.sleep(dice.uniform(0.05, 0.6 if options.quick else 1.0))
            # A kill proves little while everybody is still coming back.
            rig.wait_for_messages(dice.randint(1, TRAFFIC), 10)
            everything = len(ready) == 1 or dice.random() < WHOLE_CHANCE
            whole += everything
            ready.append(_kill(rig, dice, everything))
            _look(rig, ready[-1])
            if len(ready) % 10 == 0:
                acked = rig.history.acknowledged
                options.say(f"  {len(ready)} kills, {acked:,} acknowledged messages")
        rig.wait_for_messages(100)
        rig.settle()
    amount = f"{len(ready)} kills, {whole} of them with the master"
    return rig.result("kill", amount, **{"ready again after": spread(ready, "≤ 3 s")})


def _kill(rig: Rig, dice: random.Random, everything: bool) -> float:
    """Returns the seconds until the server is ready again, a second kill on the way included."""
    began = time.monotonic()
    if everything:
        rig.server.kill_all()
        began = time.monotonic()
        rig.server.start()
        return time.monotonic() - began
    rig.server.kill_worker()
    if dice.random() < EARLY_CHANCE:
        time.sleep(dice.uniform(0.0, 0.7))
        # For a moment, the old one may have been buried and the new one not yet born.
        with suppress(IndexError, ProcessLookupError):
            rig.server.kill_worker()
            began = time.monotonic()
    rig.server.wait_until_ready()
    return time.monotonic() - began


def _look(rig: Rig, seconds: float) -> None:
    verdict = quick_check(rig.server.data_dir)
    rig.report.expect("integrity_check after each kill", verdict == "ok", verdict)
    within = seconds <= rig.options.bound(READY_SECONDS)
    rig.report.expect("ready within 3 s of a kill", within, f"{seconds:.2f} s")
