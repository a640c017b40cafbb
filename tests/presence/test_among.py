"""Who hears of whom, for people with more contacts than anybody would want to walk through."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_contacts_among_some_people_are_found_whichever_are_fewer(tmp_path: Path) -> None:
    found = inside("tests.presence.contacts:among", tmp_path)
    assert found == dict.fromkeys(("all", "few", "many", "most", "of_one", "nobody"), True)
