"""``kill -9`` at random moments under talking clients: the short version of ``bin/torture kill``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture import faults
from tests.torture.faults import Options

pytestmark = [pytest.mark.system, pytest.mark.torture]


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(tmp_path: Path) -> None:
    result = faults.run("kill", Options(folder=tmp_path, quick=True, seed=2))

    assert result.report.clean, result.report.table()
    # The run has tried what it claims to have tried.
    checked = result.report.checked
    assert checked["integrity_check after each kill"] == 3
    assert checked["acknowledged: stored exactly once"] >= 100
    assert checked["an outsider cannot read"] > 0
