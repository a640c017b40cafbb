"""Databases of users and conversations, filled by SQL and kept for the next run.

Every server works on a copy of the same file, with the same tables, rows and indexes.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.places import ROOT, WORK
from bench.tokens import session_of

_BEGINNING_MS = 1_750_000_000_000
_TEXT = "Bonjour! Is the kora still available, and could I come and try it on Saturday afternoon?"
_KEPT_UNREAD = 3  # unread messages at the end of a conversation


@dataclass(frozen=True)
class Talk:
    """A conversation: its participants (user ids) and its number of messages."""

    people: tuple[int, ...]
    messages: int = 0


@dataclass(frozen=True)
class Plan:
    """The contents of a world: users 1 … `people`, and conversations 1 … in the order of `talks`."""

    people: int
    talks: tuple[Talk, ...] = field(repr=False)

    def key(self) -> str:
        """Returns a digest of the plan, the migrations and this module: equal keys, equal databases."""
        made = hashlib.sha256(repr((self.people, self.talks)).encode())
        for migration in sorted((ROOT / "app" / "store" / "migrations").glob("versions/*.py")):
            made.update(migration.read_bytes())
        made.update(Path(__file__).read_bytes())
        return made.hexdigest()[:16]


def database(plan: Plan) -> Path:
    """Returns the database of a plan, created at the first call."""
    made = WORK / "worlds" / f"{plan.key()}.db"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        fresh = made.with_suffix(f".{os.getpid()}")
        shutil.copyfile(_empty(), fresh)
        _fill(fresh, plan)
        fresh.rename(made)
    return made


def _empty() -> Path:
    """The path of a migrated database without users."""
    made = WORK / "worlds" / f"{Plan(0, ()).key()}.empty"
    if not made.exists():
        folder = WORK / "migrating"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": "", "LOG_LEVEL": "ERROR"},
            check=True,
            capture_output=True,
        )
        shutil.copyfile(folder / "palabre.db", made)
    return made


def _fill(path: Path, plan: Plan) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA cache_size = -262144")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO users (id, email, name, password_hash, role, created_at) VALUES (?,?,?,?,?,?)",
        (
            (n, f"person{n}@example.org", f"Person {n}", "none", "member", _BEGINNING_MS)
            for n in range(1, plan.people + 1)
        ),
    )
    connection.executemany(
        "INSERT INTO sign_in_sessions (id, user_id, generation, token_hash, rotated_at, created_at)"
        " VALUES (?,?,0,'',?,?)",
        ((session_of(n), n, _BEGINNING_MS, _BEGINNING_MS) for n in range(1, plan.people + 1)),
    )
    _fill_talks(connection, plan)
    connection.execute("COMMIT")
    # As a server leaves it: without statistics, in WAL mode.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _fill_talks(connection: sqlite3.Connection, plan: Plan) -> None:
    last = sum(talk.messages for talk in plan.talks)
    opened = [*_openings(plan)]
    connection.executemany(
        "INSERT INTO conversations (id, kind, title, created_by, unique_key, status, last_seq,"
        " activity, revision, reads_revision, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,0,?,?)",
        (row for row, _ in opened),
    )
    connection.executemany(
        "INSERT INTO participants (conversation_id, user_id, last_read_seq, unread_skipped, archived,"
        " muted, joined_at, revision, read_revision) VALUES (?,?,?,?,0,0,?,?,0)",
        (person for _, people in opened for person in people),
    )
    connection.executemany(
        "INSERT INTO messages (conversation_id, seq, sender_id, client_id, body_hash, text, created_at,"
        " revision) VALUES (?,?,?,?,'',?,?,?)",
        _messages(plan, len(plan.talks)),
    )
    connection.execute(
        "UPDATE conversations SET last_message_id = (SELECT id FROM messages m"
        " WHERE m.conversation_id = conversations.id AND m.seq = conversations.last_seq)"
    )
    connection.execute(
        "UPDATE conversations SET revision = m.revision, activity = m.revision"
        " FROM messages m WHERE m.id = conversations.last_message_id"
    )
    for statement in _repetitions():
        connection.execute(statement)
    connection.execute(
        "UPDATE revision_counter SET revision = ? WHERE id = 1", (len(plan.talks) + last,)
    )


def _repetitions() -> list[str]:
    """The statements that fill denormalised columns and tallies, as migration 0003 has them."""
    versions = ROOT / "app" / "store" / "migrations" / "versions"
    migration = runpy.run_path(str(versions / "0003_lists_and_tallies_from_indexes.py"))
    return [migration[name] for name in ("FILL_PEERS", "FILL_REVISIONS", "FILL_TALLIES")]


def _openings(plan: Plan) -> Iterator[tuple[tuple[object, ...], list[tuple[object, ...]]]]:
    """Each conversation's row with those of its participants; creating it took one revision."""
    for number, talk in enumerate(plan.talks, start=1):
        pair = len(talk.people) == 2
        key = f"bench:{number}" if pair else None
        row = (
            number, "direct" if pair else "group", None if pair else f"Room {number}",
            talk.people[0], key, "open", talk.messages, number, number,
            _BEGINNING_MS, _BEGINNING_MS + talk.messages,
        )  # fmt: skip
        read = max(0, talk.messages - _KEPT_UNREAD)
        people = [
            (number, user, read, _own_after(talk, place, read), _BEGINNING_MS, number)
            for place, user in enumerate(talk.people)
        ]
        yield row, people


def _own_after(talk: Talk, place: int, read: int) -> int:
    """The number of unread messages that a participant has sent; participants take turns."""
    return sum(1 for seq in range(read + 1, talk.messages + 1) if seq % len(talk.people) == place)


def _messages(plan: Plan, revision: int) -> Iterator[tuple[object, ...]]:
    """All messages by revision: in each round one message in every conversation."""
    rounds = max((talk.messages for talk in plan.talks), default=0)
    living = list(enumerate(plan.talks, start=1))
    for seq in range(1, rounds + 1):
        living = [(number, talk) for number, talk in living if talk.messages >= seq]
        for number, talk in living:
            revision += 1
            yield (
                number, seq, talk.people[seq % len(talk.people)], f"w{number}-{seq}", _TEXT,
                _BEGINNING_MS + revision, revision,
            )  # fmt: skip
