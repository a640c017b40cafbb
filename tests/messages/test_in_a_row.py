"""Messages of one group that share a commit: its people are read once, and never too late."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_whoever_has_been_taken_out_of_a_group_is_not_told_of_the_next_message(
    tmp_path: Path,
) -> None:
    bob, charlie = 2, 3
    together, afterwards = inside("tests.messages.in_a_row:who_is_told", tmp_path)
    assert together == [[bob, charlie], [bob, charlie], [bob]]
    assert afterwards == [[bob, charlie]], "another program had brought him back"
