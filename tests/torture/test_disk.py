"""The short version of storage that refuses while people talk; ``test_storage.py`` has each way alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.server import Server
from tests.torture import faults
from tests.torture.faults import Options

pytestmark = [pytest.mark.system, pytest.mark.torture]


def test_a_full_disk_costs_nobody_a_message_that_was_acknowledged(tmp_path: Path) -> None:
    options = Options(folder=tmp_path, quick=True, application=Server.QUICK)

    result = faults.run("disk", options)

    assert result.report.clean, result.report.table()
    assert result.report.checked["a refusal says unavailable"] > 0
    assert result.report.checked["reading goes on"] > 0
