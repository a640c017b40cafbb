"""The language lint counts sentences of prose, names each offence, and leaves code and quotes alone."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import ROOT

sys.path.append(str(ROOT / "bin" / "lib"))
language: Any = import_module("language")
prose: Any = import_module("prose")

LONG = "The server " + "stores and " * 12 + "sends the message."


def offences(page: str, read: str = "of_markdown") -> list[tuple[str, int]]:
    """The kind and the line of each offence."""
    found = language.count("page.md", getattr(prose, read)(page)).offences
    return [(offence.kind, offence.line) for offence in found]


def test_all_files_keep_the_bounds() -> None:
    passed, said = language.check()
    assert passed, said


@pytest.mark.parametrize(
    "sentence",
    [
        "The server tells whoever asks.",
        "A message reaches nobody\nelse.",
        "It is somebody's name.",
        "The list is sent to everyone in the room.",
        "It waits for no one.",
    ],
)
def test_an_indefinite_pronoun_is_an_offence(sentence: str) -> None:
    assert offences(f"# Title\n\n{sentence}\n") == [("pronoun", 3)]


@pytest.mark.parametrize(
    "page",
    [
        "What the server stores is here.",
        "## What next",
        "- Who may connect is one function.",
        "| name | meaning |\n|---|---|\n| `a` | What is sent first. |",
        "**What it costs.** Little.",
        "The first sentence. *What* the second says.",
    ],
)
def test_an_opening_with_a_question_word_is_an_offence(page: str) -> None:
    assert [kind for kind, _ in offences(page)] == ["opening"]


def test_a_long_sentence_and_a_chain_of_semicolons_are_offences() -> None:
    assert offences(LONG) == [("long", 1)]
    assert offences("One is here; two is there; three is gone.") == [("long", 1)]
    assert offences("One is here; two is there.") == []


@pytest.mark.parametrize(
    "page",
    [
        "```\nWhoever reads this.\n```",
        "The field `nobody` stays. Its `whatever\nelse` too.",
        'An answer of "Nobody is here." ends it. So does “whoever”.',
        "See [the page](whoever.md) and <https://nobody.example/whatever>.",
        "<!-- Whoever edits this. -->",
        "| goal | what it is |\n|---|---|",
        "Deleted for everyone.",
        "`it` is stored.",
        f"<!-- measured: written by bin/bench --docs -->\n{LONG}\n<!-- measured: end -->",
    ],
)
def test_code_quotes_targets_and_labels_are_left_alone(page: str) -> None:
    assert offences(page) == []


def test_sentences_end_at_stops_and_items_not_at_wrapped_lines() -> None:
    page = "One sentence\nover two lines. Another, e.g. this one.\n- An item\n- Another item\n\n# Head\n"
    texts = [sentence.text for sentence in prose.of_markdown(page)]
    assert texts == [
        "One sentence over two lines.",
        "Another, e.g. this one.",
        "An item",
        "Another item",
        "Head",
    ]


SOURCE = '''"""
A module.

    whoever types this --reads code

Whoever reads it finds a second paragraph.
"""

def function():
    """What it returns."""
    text = "whoever is in a string"
    # Nobody waits for this. A second
    # sentence for somebody.
    return text  # noqa: whatever
'''


def test_docstrings_and_comments_are_counted_apart() -> None:
    docstrings = offences(SOURCE, "of_docstrings")
    assert docstrings == [("pronoun", 6), ("opening", 6), ("opening", 10)]
    comments = offences(SOURCE, "of_comments")
    assert comments == [("pronoun", 12), ("opening", 12), ("pronoun", 12)]


def test_rates_are_per_thousand_words_and_per_hundred_sentences() -> None:
    page = "Whoever asks. " + "The server has sent four. " * 99
    rates = language.count("page.md", prose.of_markdown(page)).rates()
    words = 2 + 99 * 5
    assert rates == {"pronoun": 1000 / words, "opening": 1.0, "long": 0.0}


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository of one page, on whose third line stands one violation of two rules."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("# Page\n\nWhoever asks is told.\n")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    listed, text = language.files.listed, language.files.text
    monkeypatch.setattr(language.files, "listed", lambda: listed(tmp_path))
    monkeypatch.setattr(language.files, "text", lambda name: text(name, tmp_path))


def test_a_planted_violation_breaks_the_check(planted: None) -> None:
    passed, said = language.check()
    assert not passed
    assert "pronouns" in said
    assert "open with" in said


def test_every_offence_is_listed_with_its_file_and_line(
    planted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert language.report(["--list"]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "docs/page.md:3: pronoun: Whoever · Whoever asks is told.",
        "docs/page.md:3: opening: Whoever asks is told.",
    ]
