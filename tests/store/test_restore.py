"""``flask restore``: no client goes on showing what the copy does not hold."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.store.copies.restore import RestoreError, make_new, refuse_if_in_use, restore_database
from tests.support.people import Person, eventually
from tests.support.server import Server, flask

PAGE = 5
VERSIONS = {f"{number:04d}" for number in range(1, 100)}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Server]:
    """A server of its own, that a test may stop and start."""
    server = Server(tmp_path / "live", RATELIMIT_ENABLED="false")
    server.application = Server.QUICK
    with server:
        yield server


@pytest.fixture
def people(live: Server) -> Iterator[tuple[Person, Person]]:
    """Alice and Bob, on that server."""
    found = Person(live, "Alice"), Person(live, "Bob")
    yield found
    for person in found:
        person.close()


def _back_up(server: Server, tmp_path: Path) -> Path:
    copy = tmp_path / "yesterday.db"
    flask("backup", str(copy), DATA_DIR=str(server.data_dir))
    return copy


def _restore(server: Server, copy: Path) -> None:
    restore_database(copy, server.data_dir / "palabre.db", VERSIONS)


def _say(person: Person, other: Person, *texts: str) -> None:
    for text in texts:
        person.post("/messages", {"recipient_id": other.id, "text": text})


def _everything(person: Person) -> tuple[list[str], int, int]:
    """All there is, asked for from the beginning: texts in order, the cursor, and how many pages."""
    messages: dict[int, Any] = {}
    cursor, pages, more = 0, 0, True
    while more:
        page = person.get("/changes", after=cursor, limit=PAGE)
        assert page["reset"] is False
        messages |= {message["seq"]: message["text"] for message in page["messages"]}
        cursor, more, pages = page["cursor"], page["has_more"], pages + 1
    return [messages[seq] for seq in sorted(messages)], cursor, pages


def test_who_has_only_heard_what_is_lost_is_reset_and_finds_everything_page_by_page(
    live: Server, people: tuple[Person, Person], tmp_path: Path
) -> None:
    alice, bob = people
    texts = [f"kept {number}" for number in range(4 * PAGE)]
    _say(bob, alice, *texts[:3])
    cursor = alice.get("/changes", after=0)["cursor"]
    _say(bob, alice, *texts[3:])
    copy = _back_up(live, tmp_path)
    # She hears what will be lost, and never asks: her cursor stays one that the copy knows.
    hearing = alice.connect()
    _say(bob, alice, "lost")
    assert hearing.wait_for("message_notification")["message"]["text"] == "lost"
    live.stop()
    said = flask("restore", str(copy), DATA_DIR=str(live.data_dir))
    assert "read everything again" in said
    live.start()
    assert alice.get("/changes", after=cursor)["reset"] is True
    found, now, pages = _everything(alice)
    assert found == texts
    assert pages > 3
    # From there on it is an ordinary server, after another restart as well.
    _say(bob, alice, "new")
    live.stop()
    live.start()
    later = alice.get("/changes", after=now)
    assert not later["reset"]
    assert [message["text"] for message in later["messages"]] == ["new"]


def test_a_copy_put_back_by_hand_is_made_new_in_its_place(
    live: Server, people: tuple[Person, Person]
) -> None:
    alice, bob = people
    _say(bob, alice, "one", "two")
    cursor = alice.get("/changes", after=0)["cursor"]
    live.stop()
    assert "Renumbered" in flask("restore", "--in-place", DATA_DIR=str(live.data_dir))
    live.start()
    assert alice.get("/changes", after=cursor)["reset"] is True
    assert _everything(alice)[0] == ["one", "two"]


def test_the_database_that_was_there_is_kept_and_nothing_of_it_gets_into_the_other(
    live: Server, people: tuple[Person, Person], tmp_path: Path
) -> None:
    alice, bob = people
    _say(bob, alice, "kept")
    copy = _back_up(live, tmp_path)
    before = copy.read_bytes()
    _say(bob, alice, "lost")
    live.kill_all()  # a log of changes stays beside the database
    eventually(lambda: not _in_use(live.data_dir / "palabre.db"))  # until the last process is gone
    assert (live.data_dir / "palabre.db-wal").stat().st_size
    _restore(live, copy)
    assert copy.read_bytes() == before
    (moved,) = live.data_dir.glob("palabre-before-restore-*.db")
    assert _texts(moved) == ["kept", "lost"]
    assert _texts(live.data_dir / "palabre.db") == ["kept"]
    assert (live.data_dir / "palabre.db").stat().st_mode & 0o777 == 0o600


def test_a_database_in_use_is_left_alone(
    live: Server, people: tuple[Person, Person], tmp_path: Path
) -> None:
    alice, bob = people
    copy = _back_up(live, tmp_path)
    _say(bob, alice, "there")
    with pytest.raises(RestoreError, match="Stop the server"):
        _restore(live, copy)
    with pytest.raises(RestoreError, match="Stop the server"):
        make_new(live.data_dir / "palabre.db", VERSIONS)
    _say(bob, alice, "and there")
    eventually(lambda: _texts(live.data_dir / "palabre.db") == ["there", "and there"])


def test_what_is_no_sound_copy_of_palabre_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = Server(data)
    present = (data / "palabre.db").read_bytes()
    for name, content, reason in (
        ("absent", None, "does not exist"),
        ("a letter", b"Dear Alice, " * 1000, "not a Palabre database"),
        ("empty", b"", "not a Palabre database"),
        ("damaged", _damaged(present), "damaged|not a Palabre database"),
        ("newer", _of_version(tmp_path, present, "9999"), "newer Palabre"),
    ):
        copy = tmp_path / name
        if content is not None:
            copy.write_bytes(content)
        with pytest.raises(RestoreError, match=reason):
            _restore(server, copy)
        assert (data / "palabre.db").read_bytes() == present, name
        assert not list(data.glob("*restor*")), name


def test_a_copy_from_before_a_migration_is_migrated_afterwards(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    flask("db", "upgrade", "0002", DATA_DIR=str(old))
    server = Server(tmp_path / "data")
    _restore(server, old / "palabre.db")
    flask("db", "upgrade", DATA_DIR=str(server.data_dir))
    assert _version(server.data_dir) == _version(Server(tmp_path / "new").data_dir)


def _version(data_dir: Path) -> Any:
    with closing(sqlite3.connect(data_dir / "palabre.db")) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()


def _in_use(database: Path) -> bool:
    try:
        refuse_if_in_use(database)
    except RestoreError:
        return True
    return False


def _texts(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM messages ORDER BY id")]


def _damaged(sound: bytes) -> bytes:
    """A database whose pages in the middle are noise."""
    third = len(sound) // 3
    return sound[:third] + os.urandom(third) + sound[2 * third :]


def _of_version(folder: Path, sound: bytes, version: str) -> bytes:
    made = folder / "made.db"
    made.write_bytes(sound)
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made.read_bytes()
