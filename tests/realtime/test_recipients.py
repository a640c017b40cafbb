"""Whom a personal message reaches: found once for several in a row, and never yesterday's answer."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_whoever_comes_joins_leaves_or_goes_between_two_messages_counts(tmp_path: Path) -> None:
    everybody = set(range(10))
    seen = inside("tests.realtime.recipients:whom_it_reaches", tmp_path)
    assert [sorted(everybody - set(told)) for told in seen] == [
        [0],  # not connected yet
        [0, 1],  # who has joined
        [1],
        [],
        [2],
        [2, 3],  # and who has gone
        [3],
    ]
