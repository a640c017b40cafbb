"""Recipients of presence, for a user who shares conversations with a great many others."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_contacts_among_some_people_are_found_whichever_are_fewer(tmp_path: Path) -> None:
    found = inside("tests.presence.among:among", tmp_path)
    assert found == dict.fromkeys(("all", "few", "many", "most", "of_one", "nobody"), True)
