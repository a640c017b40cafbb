"""Files beside the database: staged, kept, swept, and taken along by backup and restore."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine
from sqlalchemy.orm import Session

from app.store.copies import files as copies
from app.store.files import KEY_COLUMNS, ORPHAN_SECONDS, Files, named_in, names_files
from tests.support.inside import inside
from tests.support.server import Template, flask

PICTURES = Table("pictures", MetaData(), Column("key", String(32)))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Files in a folder that nothing has been put in yet."""
    found = Files()
    found.init(tmp_path / "files")
    return found


@pytest.fixture
def named() -> Iterator[None]:
    """A table whose rows name files, as a feature registers it."""
    names_files(PICTURES.c.key)
    yield
    KEY_COLUMNS.remove(PICTURES.c.key)


def _keep(files: Files, content: bytes) -> str:
    key = files.stage()
    files.staged(key).write_bytes(content)
    files.keep(key)
    return key


def _age(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def _database(path: Path, *keys: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE pictures (key TEXT)")
        connection.executemany("INSERT INTO pictures VALUES (?)", [(key,) for key in keys])
        connection.commit()


def test_a_staged_file_has_no_name_yet_and_a_kept_one_has_its_bytes(files: Files) -> None:
    key = files.stage()
    with files.staged(key).open("ab") as part:
        part.write(b"half ")
    with files.staged(key).open("ab") as part:  # another request goes on where the last one stopped
        part.write(b"and half")
    assert not files.path(key).exists()
    assert files.keep(key).read_bytes() == b"half and half"
    assert not files.staged(key).exists()


def test_bytes_are_on_the_disk_before_their_name_and_the_name_before_the_row(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: steps.append("fsync"))
    rename = Path.rename

    def noted(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", noted)
    files.keep(files.stage())
    assert steps == ["fsync", "rename", "fsync", "fsync", "fsync"]  # the bytes; three folders


def test_files_are_for_their_server_alone(files: Files) -> None:
    key = _keep(files, b"private")
    assert files.path(key).stat().st_mode & 0o077 == 0
    assert files.path(key).parent.stat().st_mode & 0o077 == 0
    assert files.folder.stat().st_mode & 0o077 == 0


def test_a_file_that_waited_long_is_young_once_it_is_kept(files: Files) -> None:
    """Its row may be committed while a sweep is under way."""
    key = files.stage()
    _age(files.staged(key), ORPHAN_SECONDS + 60)
    swept = files.old_keys()
    files.keep(key)
    files.remove_old(swept)
    assert swept == {key} == set(files.all_keys())


def test_equal_contents_have_unequal_keys(files: Files) -> None:
    assert _keep(files, b"same") != _keep(files, b"same")


@pytest.mark.parametrize(
    "key", ["../../palabre.db", "", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "/"]
)
def test_what_is_no_key_names_no_file(files: Files, key: str) -> None:
    with pytest.raises(ValueError, match="not the key"):
        files.path(key)


def test_nothing_staged_cannot_be_kept(files: Files) -> None:
    key = _keep(files, b"kept")
    with pytest.raises(FileNotFoundError):
        files.keep(key)
    assert files.path(key).read_bytes() == b"kept"


def test_removing_twice_is_no_error(files: Files) -> None:
    key = _keep(files, b"gone soon")
    files.remove(key)
    files.remove(key)
    assert list(files.all_keys()) == []


def test_only_old_files_can_be_orphans(files: Files) -> None:
    """A young one may belong to a command under way."""
    old, young = _keep(files, b"x"), _keep(files, b"x")
    part, growing = files.stage(), files.stage()
    for path in (files.path(old), files.staged(part), files.staged(growing)):
        _age(path, ORPHAN_SECONDS + 60)
    with files.staged(growing).open("ab") as upload:
        upload.write(b"the next piece")
    assert files.old_keys() == {old, part}
    files.remove_old({old, part, young})
    assert set(files.all_keys()) == {young, growing}


@pytest.mark.usefixtures("named")
def test_a_copy_takes_the_files_along_that_it_names(files: Files, tmp_path: Path) -> None:
    kept, orphan, lost = _keep(files, b"kept"), _keep(files, b"orphan"), "0" * 32
    copy = tmp_path / "copy.db"
    _database(copy, kept, lost)
    assert copies.copy_files(copy, files) == 1
    beside = copies.beside(copy)
    assert (beside / kept[:2] / kept).read_bytes() == b"kept"
    assert not (beside / orphan[:2] / orphan).exists()


@pytest.mark.usefixtures("named")
def test_a_copy_from_before_the_table_names_no_file(files: Files, tmp_path: Path) -> None:
    copy = tmp_path / "old.db"
    sqlite3.connect(copy).close()
    assert copies.copy_files(copy, files) == 0


@pytest.mark.usefixtures("named")
def test_files_that_are_gone_come_back_and_those_that_are_there_stay(
    files: Files, tmp_path: Path
) -> None:
    lost, there = _keep(files, b"lost"), _keep(files, b"there")
    copy = tmp_path / "copy.db"
    _database(copy, lost, there)
    copies.copy_files(copy, files)
    files.remove(lost)
    before = files.path(there).stat().st_ino
    assert copies.bring_files(copy, files) == 1
    assert files.path(lost).read_bytes() == b"lost"
    assert files.path(there).stat().st_ino == before


@pytest.mark.usefixtures("named")
def test_a_link_in_a_copy_leads_nowhere(files: Files, tmp_path: Path) -> None:
    secret, copy, key = tmp_path / "secrets.json", tmp_path / "copy.db", "1" * 32
    secret.write_text("keys")
    planted = copies.beside(copy) / key[:2] / key
    planted.parent.mkdir(parents=True)
    planted.symlink_to(secret)
    assert copies.bring_files(copy, files) == 0
    assert not files.path(key).exists()


@pytest.mark.usefixtures("named")
def test_without_links_files_are_copied(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    key, copy = _keep(files, b"elsewhere"), tmp_path / "copy.db"
    _database(copy, key)
    monkeypatch.setattr(os, "link", refuse)
    assert copies.copy_files(copy, files) == 1
    copied = copies.beside(copy) / key[:2] / key
    assert copied.read_bytes() == b"elsewhere"
    assert copied.stat().st_ino != files.path(key).stat().st_ino
    assert copied.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("named")
def test_rows_are_asked_which_keys_they_name() -> None:
    engine = create_engine("sqlite://")
    PICTURES.create(engine)
    with Session(engine) as session:
        session.execute(PICTURES.insert(), [{"key": "a" * 32}, {"key": None}])
        assert named_in(session, {"a" * 32, "b" * 32}) == {"a" * 32}


def test_the_commands_take_files_along(tmp_path: Path) -> None:
    """The whole way, on a real database to which a table is added that names a file."""
    data_dir, copy = tmp_path / "data", tmp_path / "copy.db"
    Template.copy_to(data_dir)
    server_files = Files()
    server_files.init(data_dir / "files")
    key = _keep(server_files, b"worth keeping")
    _database(data_dir / "palabre.db", key)
    application = "tests.store.named_files:app"
    printed = flask("backup", str(copy), application=application, DATA_DIR=str(data_dir))
    assert f"{copy}.d holds its files: 1." in printed
    server_files.remove(key)
    printed = flask("restore", str(copy), application=application, DATA_DIR=str(data_dir))
    assert "Files restored: 1." in printed
    assert server_files.path(key).read_bytes() == b"worth keeping"


def test_a_restore_keeps_the_files_of_the_database_before_it(tmp_path: Path) -> None:
    data_dir, copy = tmp_path / "data", tmp_path / "copy.db"
    Template.copy_to(data_dir)
    server_files = Files()
    server_files.init(data_dir / "files")
    application = "tests.store.named_files:app"
    flask("backup", str(copy), application=application, DATA_DIR=str(data_dir))
    key = _keep(server_files, b"from after the backup")
    _database(data_dir / "palabre.db", key)
    flask("restore", str(copy), application=application, DATA_DIR=str(data_dir))
    (moved,) = data_dir.glob("palabre-before-restore-*.db")
    assert (copies.beside(moved) / key[:2] / key).read_bytes() == b"from after the backup"


def test_a_refused_restore_brings_no_file(tmp_path: Path) -> None:
    data_dir, copy = tmp_path / "data", tmp_path / "copy.db"
    Template.copy_to(data_dir)
    copy.write_bytes(b"no database")
    beside = copies.beside(copy) / "11" / ("1" * 32)
    beside.parent.mkdir(parents=True)
    beside.write_bytes(b"of nobody")
    with pytest.raises(AssertionError, match="not a"):
        flask("restore", str(copy), DATA_DIR=str(data_dir))
    assert not (data_dir / "files").exists()


def test_a_server_sweeps_what_no_row_names_and_nothing_while_no_feature_keeps_files(
    tmp_path: Path,
) -> None:
    found = inside("tests.store.sweeps:two_sweeps", tmp_path)
    assert found == {"without a feature": ["named", "orphan"], "with one": ["named"]}
