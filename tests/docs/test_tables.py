"""The tables of ``docs/protocol.md`` that ``bin/lib/tables.py`` writes agree with the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import protocol_page as page
from tests.docs import schemas
from tests.support.server import ROOT, environment

EVENTS = (
    "client events of /",
    "server events of /",
    "client events of /talemy",
    "server events of /talemy",
)


def tables(*arguments: str | Path) -> tuple[int, str]:
    """The exit code and the output of the command."""
    done = subprocess.run(
        [sys.executable, "bin/lib/tables.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def copy(folder: Path, old: str, new: str) -> Path:
    """A copy of the page with one text replaced."""
    assert old in page.text()
    path = folder / "protocol.md"
    path.write_text(page.text().replace(old, new, 1))
    return path


def rows(name: str) -> list[list[str]]:
    """The cells of a table."""
    return page.table(f"<!-- table: {name}, written by")


def names(table: str) -> list[str]:
    """The names in the first column of a table, without their links."""
    return [re.findall(r"`([^`]+)`", row[0])[0] for row in rows(table)]


def test_no_table_is_stale() -> None:
    assert tables("--check") == (0, "")


def test_a_stale_table_is_named_and_written_again(tmp_path: Path) -> None:
    stale = copy(tmp_path, "| `event` | 300 in 10 seconds |", "| `event` | 200 in 10 seconds |")
    code, said = tables("--check", stale)
    assert (code, "The table of rate limits is stale" in said) == (1, True)
    assert "200 in 10" in stale.read_text(), "a check writes nothing"
    assert tables(stale) == (0, "")
    assert stale.read_text() == page.text()


def test_a_declaration_without_an_entry_is_named(tmp_path: Path) -> None:
    code, said = tables("--check", copy(tmp_path, "#### `GET /changes`\n", ""))
    assert (code, "no entry `GET /changes` under REST" in said) == (1, True)


def test_a_table_without_a_place_is_named(tmp_path: Path) -> None:
    code, said = tables("--check", copy(tmp_path, "<!-- table: routes, written", "<!-- written"))
    assert (code, "without a table: routes." in said) == (1, True)


@pytest.mark.parametrize("name", EVENTS)
def test_a_table_of_events_lists_every_entry_in_order(name: str) -> None:
    side, _, namespace = name.split(" ", 2)
    entries = page.events(namespace.removeprefix("of "), side.capitalize())
    assert names(name) == list(entries)


def test_the_table_of_routes_lists_every_entry_in_order() -> None:
    assert names("routes") == [e.name for e in page.entries() if e.section == "10. REST"]


@pytest.mark.parametrize(
    ("table", "link"),
    [
        ("client events of /", "[`typing`](#typing)"),
        ("server events of /", "[`typing`](#typing-1)"),
        ("client events of /talemy", "[`sync`](#sync-1)"),
        ("client events of /talemy", "[`message:send`](#messagesend)"),
        ("routes", "[`PATCH /messages/{id}`](#patch-messagesid)"),
    ],
)
def test_a_row_links_to_its_own_entry(table: str, link: str) -> None:
    assert link in [row[0] for row in rows(table)]


def test_a_row_of_an_event_tells_optional_fields_and_the_limit() -> None:
    schema = schemas.namespace("/")["$defs"]["DeleteMessage"]
    assert (list(schema["properties"]), schema["required"]) == (
        ["message_id", "scope"],
        ["message_id"],
    )
    cells = dict(zip(names("client events of /"), rows("client events of /"), strict=True))
    assert cells["delete_message"][1:] == ["`message_id`, `scope?`", "`message`", "`write`"]
    assert cells["sync"][1:] == ["`after`", "[Changes](#changes)", "`sync`"]
