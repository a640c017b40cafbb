"""Disconnections: recorded together, and each announced to the people who see it."""

from __future__ import annotations

from pathlib import Path

from tests.realtime.departures import BACK, MANY
from tests.support.inside import inside


def test_many_who_go_at_once_are_a_few_commands_for_the_writer(tmp_path: Path) -> None:
    found = inside("tests.realtime.departures:all_at_once", tmp_path)
    assert found["commands"] <= 5, "messages would have to wait for one command a person"
    assert found["recorded"], "the first of them has a last_seen_at"
    assert found["told"] == [person for person in range(MANY) if person != BACK]
    assert found["online"] == []
    assert 1 <= found["moments"] <= found["commands"]
