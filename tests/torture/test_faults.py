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
