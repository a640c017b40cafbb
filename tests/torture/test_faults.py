"""Every fault under talking clients, a few seconds each: ``bin/torture`` is the long version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture import faults
from tests.torture.faults import Options, Result

pytestmark = [pytest.mark.system, pytest.mark.torture]


def _run(name: str, folder: Path) -> Result:
    result = faults.run(name, Options(folder=folder, quick=True, seed=2))
    assert result.report.clean, result.report.table()
    return result


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(tmp_path: Path) -> None:
    checked = _run("kill", tmp_path).report.checked

    assert checked["integrity_check after each kill"] == 3
    assert checked["acknowledged: stored exactly once"] >= 50
    assert checked["an outsider cannot read"] > 0


def test_a_deploy_tells_everybody_and_loses_nothing(tmp_path: Path) -> None:
    checked = _run("deploy", tmp_path).report.checked

    assert checked["leaves within 10 s of SIGTERM"] == 2
    assert checked["every client is told that the server leaves"] >= 8


def test_a_pause_loses_nothing_and_nobody_comes_back_in_a_stampede(tmp_path: Path) -> None:
    checked = _run("pause", tmp_path).report.checked

    assert checked["no stampede after a pause"] == 2


def test_everybody_converges_after_a_bad_network(tmp_path: Path) -> None:
    result = _run("network", tmp_path)

    assert " 0 resets" not in result.amount
    assert result.report.checked["every participant holds the database's list"] > 0


def test_slow_readers_are_cut_and_others_hear_everything(tmp_path: Path) -> None:
    checked = _run("slow", tmp_path).report.checked

    assert checked["slow readers are cut"] == 2
    assert checked["a joined conversation is told without a gap"] > 1000


def test_an_outbox_that_is_flushed_twice_is_stored_once_and_in_order(tmp_path: Path) -> None:
    checked = _run("outbox", tmp_path).report.checked

    assert checked["an outbox is stored once and in order"] == 3


def test_a_message_whose_answer_got_lost_is_stored_once(tmp_path: Path) -> None:
    checked = _run("acks", tmp_path).report.checked

    assert checked["all senders of a race are told the same"] == 40


def test_rights_end_at_once_while_people_talk(tmp_path: Path) -> None:
    checked = _run("revoke", tmp_path).report.checked

    assert checked["a sign-in ends within 1 s"] == 5
    assert checked["a removed member hears nothing more"] == 5


def test_a_clock_that_jumps_disconnects_nobody(tmp_path: Path) -> None:
    result = faults.run("clock", Options(folder=tmp_path, quick=True, seed=2))
    if result.skipped:
        pytest.skip(result.skipped)

    assert result.report.clean, result.report.table()
    assert result.report.checked["no mass disconnect when the clock jumps"] == 2
