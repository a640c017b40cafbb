"""Order, when storage refuses something of a connection that has sent more meanwhile."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside

HERE = "tests.realtime.overtaking"


def test_what_was_on_its_way_when_storage_refused_is_refused_too(tmp_path: Path) -> None:
    found = inside(f"{HERE}:what_is_on_its_way", tmp_path)
    assert found["refused"] == ["unavailable"]
    assert found["on_its_way"] == ["unavailable", "unavailable"]
    assert found["again"] == ["ok", "ok"]


def test_a_refusal_by_storage_costs_no_reading_and_nobody_else(tmp_path: Path) -> None:
    found = inside(f"{HERE}:what_is_on_its_way", tmp_path)
    assert found["reads"] == ["ok"]
    assert found["somebody_else"] == ["ok"]
    assert found["own_mistake"] == ["forbidden", "ok"]


def test_a_queue_that_was_full_for_a_moment_changes_no_order(tmp_path: Path) -> None:
    assert inside(f"{HERE}:a_full_queue", tmp_path) == ["unavailable", "unavailable"]
