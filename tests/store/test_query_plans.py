"""Every statement that REST and the sockets execute finds its rows by an index."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.access import asking, collected
from tests.access.asking import is_refusal
from tests.support.features import parts
from tests.support.matrix import Call, Row, Scene, Standing
from tests.support.server import Server

# Tables that do not grow.
SMALL = {"alembic_version", "revision_counter"}
# What may be sorted, or read in the order of its table: a piece of the statement, and its bound.
ALLOWED: dict[str, str] = {}
for plans in parts("query_plans").values():
    ALLOWED |= plans.ALLOWED


class Traced(Server):
    """A server that writes down what it asks its database."""

    application = "tests.store.traced:app"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The cast of the access matrix, before a server that is watched."""
    folder = tmp_path_factory.mktemp("traced")
    with Traced(folder, RATELIMIT_ENABLED="false") as server:
        opened = Scene(server)
        yield opened
        opened.close()


def test_no_statement_of_rest_or_the_sockets_reads_a_table_from_end_to_end(scene: Scene) -> None:
    for row in collected.rows("EVENTS"):
        _ask(scene, row, asking.ask_event)
    for row in collected.rows("REST"):
        _ask(scene, row, asking.ask_rest)
    for q in ("kora", "k"):
        scene.people["Alice"].get("/users", q=q)
        scene.people["Alice"].get("/products", q=q)
    statements = _statements(scene.server.data_dir)
    assert any(" MATCH " in one for one in statements), "nobody has searched"
    assert len(statements) > 60, "the statements were not heard"
    assert any("INSERT INTO messages" in one for one in statements), "nor those of the writer"
    found = problems(scene.server.data_dir / "palabre.db", statements)
    assert not found, "\n\n".join(found)
    unused = [piece for piece in ALLOWED if not any(piece in _flat(one) for one in statements)]
    assert not unused, f"nothing needs these any more: {unused}"


def test_a_statement_that_reads_everything_would_be_noticed(scene: Scene) -> None:
    database = scene.server.data_dir / "palabre.db"
    for bad in (
        "SELECT text FROM messages WHERE text = 'x'",
        "SELECT m.id FROM messages AS m WHERE m.text = 'x'",
        "SELECT id FROM messages WHERE conversation_id = 1 ORDER BY text",
        "UPDATE participants SET muted = 1 WHERE last_read_seq = 7",
        "SELECT id FROM users WHERE id > 7 AND id IN (SELECT rowid FROM user_names)",
    ):
        assert problems(database, [bad]), bad
    assert not problems(database, ["SELECT id FROM messages WHERE id = 1"])


def _ask(scene: Scene, row: Row, ask: asking.Ask) -> None:
    """Ask in a standing that is allowed to; the access matrix proves that it works."""
    for standing in (Standing.OWNER, Standing.PARTICIPANT, Standing.OUTSIDER, Standing.ANONYMOUS):
        if not is_refusal(row.outcomes[standing]):
            target = scene.untouched if row.door[0] == "GET" else scene.target()
            ask(row, Call(scene, target, standing, row.asker(standing)))


def _statements(folder: Path) -> list[str]:
    lines = (folder / "statements").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [one for one in found if one.lstrip().split(None, 1)[0] in _EXPLAINABLE]


_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_EXPLAINABLE = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}


def problems(database: Path, statements: list[str]) -> list[str]:
    """Statements with a step in their plan that grows with the database, each with the step."""
    found = []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")} - SMALL
        for statement in statements:
            steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            bad = [step for step in steps if _grows(step, _names(statement, tables))]
            flat = _flat(statement)
            if bad and not any(piece in flat for piece in ALLOWED):
                found.append("\n".join([flat[:1500], *(f"    {step}" for step in bad)]))
    return found


def _flat(statement: str) -> str:
    return " ".join(_VALUES.sub("?", statement).split())


def _names(statement: str, tables: set[str]) -> set[str]:
    """The names of the tables in a statement."""
    aliases = re.findall(r'"?(\w+)"? AS "?(\w+)"?', statement)
    return tables | {alias for table, alias in aliases if table in tables}


def _grows(step: str, names: set[str]) -> bool:
    whole = re.match(r"SCAN (\w+)", step)
    if "VIRTUAL TABLE INDEX" in step:  # of FTS5: M is for MATCH, and nothing for everything
        return ":M" not in step
    return bool(whole and whole[1] in names) or step.startswith("USE TEMP B-TREE")
