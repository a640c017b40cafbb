"""The checker, checked: bugs put into the server one at a time, and every one must be found."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.torture.checker import Report
from tests.torture.faults import Options, Result
from tests.torture.planted import BUGS, Bug, application
from tests.torture.rig import Crowd, Rig

CROWD = Crowd(websocket=6, talemy=0, polling=0, rest=1, pages=0)
AT_ONCE = 2
MESSAGES = 150


def run(options: Options) -> Result:
    """Every bug; this fault is as short as it can be anyway."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reports = list(pool.map(lambda name: with_bug(name, options), BUGS))
    report = Report()
    for (name, bug), found in zip(BUGS.items(), reports, strict=True):
        seen = ", ".join(found.violations) or "nothing"
        report.expect(f"{name}: caught", bug.rule in found.violations, f"found {seen}")
    caught = len(BUGS) - len(report.violations)
    return Result("checker", f"{len(BUGS)} planted bugs", report, {"caught": f"{caught}"})


def with_bug(name: str, options: Options) -> Report:
    """What is found of a server with one bug."""
    bug = BUGS[name]
    folder = options.folder / name
    folder.mkdir()
    own = replace(
        options, folder=folder, quick=True, application=application(name), say=lambda _: None
    )
    rig = Rig(
        own, crowd=CROWD, cut_chance=0.3, away=(0.1, 0.5), watch_presence=bug.presence,
        presence_seconds=12.0,
    )  # fmt: skip
    with rig:
        _talk(rig, bug)
        rig.settle(30.0)
    seen = ", ".join(rig.report.violations) or "nothing"
    options.say(f"  {name}: {seen}")
    return rig.report


def _talk(rig: Rig, bug: Bug) -> None:
    for _ in range(bug.kills):
        rig.wait_for_messages(20)
        time.sleep(0.1)  # in the middle of a commit, not between two
        rig.server.kill_worker()
        rig.server.wait_until_ready()
    rig.wait_for_messages(MESSAGES)
