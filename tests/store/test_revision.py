"""The revision: which cursors can be served, across restarts and restored backups."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.inside import inside

HERE = "tests.store.scenarios"


def test_a_cursor_is_served_if_this_history_issued_it(tmp_path: Path) -> None:
    found = inside(f"{HERE}:cursors", tmp_path)
    assert found["fresh"]
    assert found["revision"] > found["start"]
    from_the_beginning, inside_gap, just_before, at_start, newest, future = found["served"]
    assert from_the_beginning
    assert not inside_gap
    assert not just_before
    assert at_start
    assert newest
    assert not future


def test_a_restart_serves_the_cursors_of_before(tmp_path: Path) -> None:
    before = inside(f"{HERE}:cursors", tmp_path)
    for cursor in (before["start"], before["revision"]):
        (tmp_path / "cursor").write_text(str(cursor))
        assert inside(f"{HERE}:serve_cursor", tmp_path)


def test_a_restored_backup_does_not_serve_cursors_from_after_it(tmp_path: Path) -> None:
    live, backup = tmp_path / "live", tmp_path / "backup"
    live.mkdir()
    first = inside(f"{HERE}:cursors", live)
    shutil.copytree(live, backup)
    lost = inside(f"{HERE}:cursors", live)
    # The restored server goes on and issues revisions of its own, past the lost ones.
    again = inside(f"{HERE}:cursors", backup)
    assert again["revision"] > lost["revision"]
    (backup / "cursor").write_text(str(lost["revision"]))
    assert not inside(f"{HERE}:serve_cursor", backup)
    (backup / "cursor").write_text(str(first["revision"]))
    assert inside(f"{HERE}:serve_cursor", backup)
