"""Periodic work goes on, whatever one run does."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_work_that_fails_is_logged_and_comes_again(tmp_path: Path) -> None:
    found = inside("tests.transport.periodic:some_runs", tmp_path)
    assert found["runs"] == {"steady": 3, "failing": 3, "at start": 1}
    assert found["failures"] == ["failing"] * 3
