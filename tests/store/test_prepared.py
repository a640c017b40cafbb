"""Prepared statements: lists of any length, and the same snapshot as the ORM's."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside

HERE = "tests.store.scenarios"


def test_a_list_of_any_length_finds_exactly_its_members(tmp_path: Path) -> None:
    assert inside(f"{HERE}:lists_of_ids", tmp_path) == [True] * 10


def test_a_reading_is_one_snapshot_whatever_asks(tmp_path: Path) -> None:
    before, after, by_orm, later = inside(f"{HERE}:one_snapshot", tmp_path)
    assert before == after == by_orm == [0]
    assert later == [1]
