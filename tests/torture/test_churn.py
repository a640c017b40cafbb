"""The short version of connections that come and go, and what would be seen of one that is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.server import Server
from tests.torture import faults
from tests.torture.faults import Options
from tests.torture.faults.churn.counts import Counts
from tests.torture.faults.churn.fault import more_than_before

pytestmark = [pytest.mark.system, pytest.mark.torture]


def test_connections_leave_nothing_behind(tmp_path: Path) -> None:
    options = Options(folder=tmp_path, quick=True, application=Server.QUICK)

    result = faults.run("churn", options)

    assert result.report.clean, result.report.table()
    assert result.amount.startswith("600 connections")


@pytest.mark.parametrize(
    ("measure", "after"),
    [
        ("connections", {"connections": 1}),
        ("descriptors", {"descriptors": 60}),
        ("greenlets", {"greenlets": 110}),
        ("threads", {"threads": 60}),
        ("memory", {"memory": 60_000_000}),
        ("objects", {"objects": 100_700}),
        ("maps", {"held": 300_600}),
    ],
)
def test_one_thing_left_behind_by_each_connection_is_seen(
    measure: str, after: dict[str, int]
) -> None:
    before = Counts(0, 10, 9, 50_000_000, 9, 100_000, 300_000, {"dict": 1000})
    noisy = replace(before, descriptors=11, greenlets=10, objects=100_040, held=300_030)

    assert more_than_before(before, noisy, 600) == []
    assert [what for what, _ in more_than_before(before, replace(noisy, **after), 600)] == [measure]
