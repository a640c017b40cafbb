"""Storage that refuses under a talking crowd: full, read-only, locked by another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.server import Server
from tests.torture.checker import Report
from tests.torture.faults import Options, Result
from tests.torture.faults.disk import storage
from tests.torture.faults.disk.watch import STALL_SECONDS, Reader, Watch
from tests.torture.rig import Rig, make_server

SECONDS, QUICK_SECONDS = 30.0, 1.0
MEGABYTES = 96
RECOVERY_SECONDS = 30.0

Fault = Callable[[Server], AbstractContextManager[Any]]


def run(options: Options) -> Result:
    """A small disk that fills up; and an ordinary one that is locked and turns read-only."""
    disk = options.folder / "disk"
    disk.mkdir()
    with storage.small_disk(disk, MEGABYTES) as small:
        crowds = [_spells(options, disk, {"full": lambda server: storage.full_disk(server, small)})]
    if not options.quick:
        faults: dict[str, Fault] = {"locked": storage.locked, "read-only": storage.read_only}
        crowds.append(_spells(options, options.folder / "ordinary", faults))
    return _result(options, crowds, small)


def _spells(options: Options, folder: Path, faults: dict[str, Fault]) -> tuple[Rig, Watch]:
    """One crowd, and one spell of each fault; everything is checked before the disk goes."""
    server = make_server(replace(options, folder=folder))
    server.log_path = options.folder / f"{folder.name}.log"
    clients = options.folder / f"{folder.name}-clients"
    clients.mkdir()
    with Rig(replace(options, folder=clients), server=server) as rig:
        watch = Watch(server, options.bound(STALL_SECONDS))
        person = rig.world.people[0]
        with Reader(server.port, person.token, person.conversation_ids[0]) as reader:
            rig.wait_for_messages(100)
            for name, fault in faults.items():
                _spell(rig, watch, name, fault)
        rig.settle()
        watch.check(rig.report, rig.history.entries, reader.answers)
    return rig, watch


def _spell(rig: Rig, watch: Watch, name: str, fault: Fault) -> None:
    seconds = QUICK_SECONDS if rig.options.quick else SECONDS
    with fault(rig.server) as possible:
        if possible is False:
            rig.options.say(f"  {name}: not possible here")
            return
        rig.options.say(f"  {name}, for {seconds:.0f} s")
        spell = watch.begin(name)
        time.sleep(seconds)  # the fault itself
        watch.end(spell)
    began = time.monotonic()
    if rig.wait_for_messages(20, RECOVERY_SECONDS):
        spell.recovered_after = time.monotonic() - began


def _result(options: Options, crowds: list[tuple[Rig, Watch]], small: bool) -> Result:
    """One table for both crowds."""
    report = Report()
    for rig, _ in crowds:
        report.add(rig.report)
    spells = [spell for _, watch in crowds for spell in watch.spells]
    refused = sum(e.action == "fail" for rig, _ in crowds for e in rig.history.entries)
    acknowledged = sum(rig.history.acknowledged for rig, _ in crowds)
    back = [f"{s.name} {s.recovered_after:.1f} s" for s in spells if s.recovered_after is not None]
    seconds = QUICK_SECONDS if options.quick else SECONDS
    return Result(
        "disk",
        f"{', '.join(spell.name for spell in spells)}, {seconds:.0f} s each; {crowds[0][0].crowd}",
        report,
        {
            "filled": f"a tmpfs of {MEGABYTES} MB" if small else "by a limit on the size of files",
            "the loop's longest delay": f"at most {max(s.longest_lag for s in spells) * 1000:.0f} ms"
            f" in {sum(s.looks for s in spells):,.0f} looks (≤ 100 ms)",
            "acknowledged, refused": f"{acknowledged:,}, {refused:,}",
            "messages again after": ", ".join(back),
        },
    )
