"""A process that has missed a change announces it to its connections all the same."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_what_is_told_late_bears_the_name_of_what_it_became(tmp_path: Path) -> None:
    told = inside("tests.lessons.scenarios:missed_on_talemy", tmp_path)
    assert {only for _, only, _ in told} == {"user:2"}
    lessons = [(event, p["lesson"]["id"]) for event, _, p in told if "lesson" in p]
    assert lessons == [("lesson:created", 1), ("lesson:statusUpdated", 2)]
    assert all("previousStatus" not in payload for _, _, payload in told)
