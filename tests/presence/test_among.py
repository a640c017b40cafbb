"""Recipients of presence, for users with more peers than there are users online."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_peers_among_some_people_are_found_whichever_are_fewer(tmp_path: Path) -> None:
    found = inside("tests.presence.among:among", tmp_path)
    assert found == dict.fromkeys(("all", "few", "many", "most", "of_one", "nobody"), True)
