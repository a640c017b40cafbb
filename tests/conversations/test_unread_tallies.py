"""Unread totals are kept, not counted: after any history they are what counting would give."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.inside import inside


def test_after_a_random_history_every_tally_is_what_counting_gives(tmp_path: Path) -> None:
    other = os.environ.get("TEST_DATABASE_URL")
    settings = {"DATABASE_URL": other} if other else {}
    found = inside("tests.conversations.random_history:live", tmp_path, **settings)
    assert found["wrong"] == []
    assert found["told"] > 30
    assert len(found["done"]) == 12, "everything that can be done was done"
