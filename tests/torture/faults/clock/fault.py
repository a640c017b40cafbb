"""The server's clock jumps: an hour and a day, back and forth, and a restart with a wrong one."""

from __future__ import annotations

import time

from tests.torture.faults import Options, Result
from tests.torture.faults.clock.jump import Clock, missing
from tests.torture.rig import Rig, make_server

HOUR, DAY = 3600, 86_400
LEFT_SHARE = 0.1  # of the connections may be lost around a jump
ACCESS_SECONDS = 900  # an access token's life, as it is by default


def run(options: Options) -> Result:
    """Each jump under load; two in the quick version."""
    why_not = missing()
    if why_not:
        return Result("clock", "nothing", skipped=why_not)
    jumps = (DAY, -HOUR) if options.quick else (HOUR, -HOUR, DAY, -DAY, 0)
    clock = Clock(options.folder)
    server = make_server(options, JWT_ACCESS_TOKEN_EXPIRES=str(ACCESS_SECONDS), **clock.settings)
    figures: dict[str, str] = {}
    with Rig(options, server=server, cut_chance=0.0) as rig:
        rig.wait_for_messages(50)
        for seconds in jumps:
            figures[f"connections lost at {seconds / HOUR:+.0f} h"] = _jump(rig, clock, seconds)
        rig.server.stop()
        clock.jump_to(-2 * DAY)  # behind everything that was ever stamped
        rig.server.start()
        going_on = rig.wait_for_messages(50)
        rig.report.expect("it starts with a clock that is behind", going_on, "nothing is stored")
        clock.jump_to(0)
        rig.settle()
    amount = f"{len(jumps)} jumps and a start two days back, access tokens of 15 minutes"
    return rig.result("clock", amount, **figures)


def _jump(rig: Rig, clock: Clock, seconds: int) -> str:
    """Returns the share of connections that were lost in the seconds after."""
    rig.options.say(f"  the clock jumps to {seconds / HOUR:+.0f} h")
    began = time.monotonic()
    clock.jump_to(seconds)
    deadline = began + (2.0 if rig.options.quick else 8.0)
    going_on = rig.wait_for_messages(100)
    rig.report.expect("it goes on after a jump", going_on, f"stopped at {seconds:+} s")
    time.sleep(max(0.0, deadline - time.monotonic()))
    lost = sum(m > began for c in rig.connected for m in c.losses) / len(rig.connected)
    rig.report.expect(
        "no mass disconnect when the clock jumps",
        lost <= LEFT_SHARE,
        f"{lost:.0%} at {seconds:+} s",
    )
    return f"{lost:.0%}"
