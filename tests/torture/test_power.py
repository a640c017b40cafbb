"""The short version of the power's failing, and the same with a server that never flushes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.server import Server
from tests.torture import faults, planted
from tests.torture.checker import Report
from tests.torture.faults import Options, Result
from tests.torture.faults.power.fault import KEPT
from tests.torture.faults.power.images import Disk
from tests.torture.faults.power.order import FLUSHED, read_order
from tests.torture.faults.power.trace import WAL, Kind, Step

pytestmark = [pytest.mark.system, pytest.mark.torture]


def _run(folder: Path, application: str = Server.QUICK) -> Result:
    result = faults.run("power", Options(folder=folder, quick=True, application=application))
    if result.skipped:
        pytest.skip(result.skipped)
    return result


def test_what_is_acknowledged_outlives_a_power_cut(tmp_path: Path) -> None:
    result = _run(tmp_path)

    assert result.report.clean, result.report.table()
    # The run has tried what it claims to have tried: torn checkpoints as well.
    assert result.report.checked[FLUSHED] >= 200
    assert result.report.checked[KEPT] > 1000
    assert result.figures["checkpoints"] != "0"


def test_a_server_that_does_not_flush_is_caught(tmp_path: Path) -> None:
    violations = _run(tmp_path, planted.application("no_flush")).report.violations

    assert FLUSHED in violations
    assert KEPT in violations


def _step(kind: Kind, name: str = WAL, offset: int = 0, data: bytes = b"") -> Step:
    return Step(kind, 1, 0.0, name, offset, data)


def _found(steps: list[Step], seeds: int = 100) -> set[bytes | None]:
    """Everything that may be found of the WAL after these steps."""
    disk = Disk({WAL: b"...."})
    for step in steps:
        disk.take(step)
    return {disk.image(random.Random(seed))[0].get(WAL) for seed in range(seeds)}


def test_what_was_written_before_a_flush_began_is_certain_and_nothing_else() -> None:
    early, late = _step(Kind.WRITE, data=b"ab"), _step(Kind.WRITE, offset=2, data=b"cd")
    begins, ends = _step(Kind.FLUSH_BEGINS), _step(Kind.FLUSH_ENDS)

    assert _found([early, begins, late, ends]) == {b"ab..", b"abcd"}
    assert _found([early, begins, late]) == {b"....", b"ab..", b"..cd", b"abcd"}


def test_a_write_is_torn_between_sectors_and_not_within_one() -> None:
    found = _found([_step(Kind.WRITE, offset=508, data=b"12345678")], 1000)

    assert found == {
        b"....",
        b"....".ljust(508, b"\0") + b"1234",
        b"....".ljust(512, b"\0") + b"5678",
        b"....".ljust(508, b"\0") + b"12345678",
    }


def test_a_file_whose_folder_was_not_flushed_may_be_gone_or_back() -> None:
    gone, new = _step(Kind.UNLINK), _step(Kind.WRITE, data=b"new")
    folder = [_step(Kind.FLUSH_BEGINS, ""), _step(Kind.FLUSH_ENDS, "")]

    assert _found([gone, new]) == {b"....", None, b"", b"new"}
    assert _found([gone, new, *folder]) == {b"", b"new"}
    assert _found([gone, *folder]) == {None}


def _frame(ends: bool) -> Step:
    """The head of a frame of the WAL."""
    return _step(Kind.WRITE, offset=32, data=b"\0\0\0\1" + bytes([0, 0, 0, ends]) + bytes(16))


def _said(text: bytes) -> Step:
    return _step(Kind.SAY, "", data=text)


def _verdict(steps: list[Step]) -> bool:
    report = Report()
    read_order(steps, 4096).check(report)
    assert report.checked[FLUSHED] == 1
    return report.clean


def test_a_word_counts_as_kept_once_it_or_what_replaced_it_is_flushed() -> None:
    page, newer = (_step(Kind.WRITE, offset=56, data=b"pw1-1v%d" % n) for n in (1, 2))
    flush = [_step(Kind.FLUSH_BEGINS), _step(Kind.FLUSH_ENDS)]
    told = _said(b"pw1-1v1 is stored")

    assert _verdict([_frame(True), page, *flush, told])
    assert _verdict([_frame(True), newer, *flush, told])  # two edits that shared the commit
    assert not _verdict([_frame(True), page, told, *flush])
    assert not _verdict([_frame(True), page, flush[0], told, flush[1]])
    assert not _verdict([flush[0], _frame(True), page, flush[1], told])
    assert not _verdict([_frame(False), page, *flush, told])
    assert not _verdict([told, _frame(True), page, *flush])
