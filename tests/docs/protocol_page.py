"""Reads ``docs/protocol.md``: its entries, its examples, its tables."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.support.server import ROOT

Json = Any
PAGE = ROOT / "docs" / "protocol.md"
# A capitalised name in an example stands for the object of that name.
_STRING_OR_NAME = re.compile(r'"(?:\\.|[^"\\])*"|\b[A-Z][A-Za-z]+\b')


@dataclass
class Entry:
    """What stands under one ``####`` heading, and under which headings that one stands."""

    section: str
    part: str
    name: str
    examples: list[str] = field(default_factory=list)


def text() -> str:
    """The page."""
    return PAGE.read_text()


@cache
def entries() -> tuple[Entry, ...]:
    """Every event and every route that has a heading of its own."""
    found: list[Entry] = []
    section = part = ""
    for kind, content in _pieces(text()):
        if kind == "##":
            section, part = content, ""
        elif kind == "###":
            part = content
        elif kind == "####":
            found.append(Entry(section, part, content.strip("`")))
        elif found and (found[-1].section, found[-1].part) == (section, part):
            found[-1].examples.append(content)
    return tuple(found)


def events(namespace: str, side: str) -> dict[str, Entry]:
    """The entries of one namespace; ``side`` is ``Client`` or ``Server``."""
    return {
        entry.name: entry
        for entry in entries()
        if entry.section.endswith(f"Namespace `{namespace}`") and entry.part == f"{side} events"
    }


def routes() -> dict[tuple[str, str], Entry]:
    """The entries of REST by method and path."""
    found = {}
    for entry in entries():
        if entry.section == "10. REST":
            method, path = entry.name.split(" ")
            prefix = "" if entry.part == "Health" else "/api/v1"
            found[method, prefix + path] = entry
    return found


@cache
def objects() -> dict[str, Json]:
    """The example of every object that is introduced by a comment with its name."""
    found: dict[str, Json] = {}
    for kind, content in _pieces(text()):
        if kind == "example" and content.startswith("// "):
            name = re.split(r"\W", content[3:])[0]
            found[name] = _read(content, found)
    return found


def example(source: str) -> Json:
    """An example as JSON, its names replaced by what they stand for."""
    return _read(source, objects())


def table(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading or sentence, without its head."""
    after = text().split(heading, 1)[1]
    block = re.search(r"(?m)^\|.*(?:\n\|.*)+", after)
    assert block, f"no table after {heading!r}"
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in block[0].split("\n")[2:]
    ]


def _pieces(page: str) -> list[tuple[str, str]]:
    """Headings and code blocks, in order."""
    pattern = r"(?m)^(#{2,4}) (.+)$|^```jsonc?\n((?:.*\n)*?)```$"
    return [
        (match[1], match[2]) if match[1] else ("example", match[3])
        for match in re.finditer(pattern, page)
    ]


def _read(source: str, known: dict[str, Json]) -> Json:
    def spell(match: re.Match[str]) -> str:
        return match[0] if match[0].startswith('"') else json.dumps(known[match[0]])

    without_comments = re.sub(r"(?m)^//.*\n", "", source)
    return json.loads(_STRING_OR_NAME.sub(spell, without_comments))
