"""A longer list costs no more queries than a short one."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_lists_and_changes_take_the_same_queries_however_long(tmp_path: Path) -> None:
    counted = inside("tests.contacts.scenarios:queries_by_length", tmp_path)
    for name, (short, long) in counted.items():
        assert 0 < short == long, (name, counted)
