"""A process that has missed a change announces it to its connections all the same."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_what_is_told_late_bears_the_name_of_what_it_became(tmp_path: Path) -> None:
    told = inside("tests.contacts.scenarios:missed_on_talemy", tmp_path)
    assert {only for _, only, _ in told} == {"user:2"}
    requests = [(event, p["contactRequest"]["id"]) for event, _, p in told if "contactRequest" in p]
    assert requests == [
        ("contactRequest:statusUpdated", 1),
        ("contactRequest:statusUpdated", 2),
        ("contactRequest:created", 3),
    ]
    assert all("previousStatus" not in payload for _, _, payload in told)
