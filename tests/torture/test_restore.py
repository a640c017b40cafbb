"""The short version of a backup that is restored while clients know more than it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.server import Server
from tests.torture import faults
from tests.torture.faults import Options

pytestmark = [pytest.mark.system, pytest.mark.torture]


def test_after_a_restore_everybody_holds_what_is_stored_and_nothing_else(tmp_path: Path) -> None:
    options = Options(folder=tmp_path, quick=True, application=Server.QUICK)

    result = faults.run("restore", options)

    assert result.report.clean, result.report.table()
    assert result.report.checked["every client gets reset"] == 8
