"""Writes the tables of `docs/protocol.md` that list the declarations of the code.

.venv/bin/python bin/lib/tables.py [page]            writes them
.venv/bin/python bin/lib/tables.py --check [page]    names the stale ones, exit code 1 if any is
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from say import ROOT, Stop, main

Json = dict[str, Any]

PAGE = ROOT / "docs" / "protocol.md"
COMMAND = ".venv/bin/python bin/lib/tables.py"
_BLOCK = re.compile(
    r"(?s)(<!-- table: ([^\n]+), written by bin/lib/tables\.py -->\n)(.*?)(<!-- table: end -->)"
)
# A heading, or a code block with the object that its first comment introduces.
_PIECE = re.compile(r"(?m)^(#{1,4}) (.+)$|^```\w*\n(?:// (\w+))?(?:.*\n)*?```$")
_NOTHING = "–"


@dataclass(frozen=True)
class Entry:
    """A heading of the fourth level, with the two above it. `place` counts from the top."""

    place: int
    section: str
    part: str
    name: str
    anchor: str

    def link(self) -> str:
        """Returns the link to the entry from anywhere on the page."""
        return f"[`{self.name}`](#{self.anchor})"


class Page:
    """The entries and the objects of a page."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.entries: list[Entry] = []
        self.objects: dict[str, str] = {}  # the anchor of the heading above each example
        slugs: dict[str, int] = {}
        section = part = anchor = ""
        for place, (level, title, example) in enumerate(_PIECE.findall(text)):
            if example and section.endswith("Objects"):
                self.objects.setdefault(example, anchor)
            if not level:
                continue
            anchor = _anchor(title, slugs)
            if level == "####":
                self.entries.append(Entry(place, section, part, title.strip("`"), anchor))
            elif level == "###":
                part = title
            else:
                section, part = title, ""

    def entry(self, name: str, section: str, part: str = "") -> Entry:
        """Returns the entry of an event or a route. Raises `Stop` if the page has none."""
        for entry in self.entries:
            places = entry.section.endswith(section) and entry.part.startswith(part)
            if entry.name == name and places:
                return entry
        below = f"{section}, {part}" if part else section
        raise Stop(f"docs/protocol.md has no entry `{name}` under {below}. Write it first.")


class Tables:
    """The rows of each table, from the catalogue of the protocol, with links into a page."""

    def __init__(self, catalogue: Json, page: Page) -> None:
        self._catalogue = catalogue
        self._page = page

    @cached_property
    def by_name(self) -> dict[str, Callable[[], Iterable[Sequence[str]]]]:
        """Returns a function for the rows of each table, headings first."""
        tables: dict[str, Callable[[], Iterable[Sequence[str]]]] = {}
        for namespace, declared in self._catalogue["namespaces"].items():
            tables[f"client events of {namespace}"] = lambda n=namespace, d=declared: (
                self._client_events(n, d)
            )
            tables[f"server events of {namespace}"] = lambda n=namespace, d=declared: (
                self._server_events(n, d)
            )
        return {**tables, "routes": self._routes, "rate limits": self._rate_limits}

    def _client_events(self, namespace: str, declared: Json) -> Iterator[Sequence[str]]:
        yield "event", "payload", "data of the acknowledgement", "rate limit"
        shapes = Shapes(declared["$defs"], self._page.objects)
        events = declared["clientEvents"]
        for entry in self._in_order(events, f"Namespace `{namespace}`", "Client"):
            event = events[entry.name]
            payload, data = shapes.of(event["payload"]), shapes.of(event["data"])
            yield entry.link(), payload, data, _code([event["limit"]])

    def _server_events(self, namespace: str, declared: Json) -> Iterator[Sequence[str]]:
        yield "event", "payload"
        shapes = Shapes(declared["$defs"], self._page.objects)
        events = declared["serverEvents"]
        for entry in self._in_order(events, f"Namespace `{namespace}`", "Server"):
            yield entry.link(), shapes.of(events[entry.name])

    def _routes(self) -> Iterator[Sequence[str]]:
        yield "route", "body or query", "answer", "rate limit", "own refusals"
        shapes = Shapes(self._catalogue["rest"]["components"]["schemas"], self._page.objects)
        routes = {
            f"{route['method']} {route['path'].removeprefix('/api/v1')}": route
            for route in self._catalogue["rest"]["routes"]
        }
        for entry in self._in_order(routes, "REST"):
            route = routes[entry.name]
            operation = route["operation"]
            request, answer = _request(operation, shapes), _answer(operation, shapes)
            yield entry.link(), request, answer, _code(route["limits"]), _code(route["refuses"])

    def _rate_limits(self) -> Iterator[Sequence[str]]:
        yield "limit", "how often", "counted"
        for name, rate in self._catalogue["rateLimits"].items():
            yield f"`{name}`", f"{rate['amount']} in {_period(rate['seconds'])}", rate["counted"]

    def _in_order(self, names: Iterable[str], section: str, part: str = "") -> list[Entry]:
        entries = [self._page.entry(name, section, part) for name in names]
        return sorted(entries, key=lambda entry: entry.place)


@dataclass(frozen=True)
class Shapes:
    """Describes JSON schemas in a few words. `objects` are those that the page describes."""

    definitions: Json
    objects: dict[str, str]

    def of(self, reference: Json) -> str:
        """Returns a link to the object, or the names of the fields."""
        name = reference["$ref"].rpartition("/")[2]
        if name in self.objects:
            return f"[{name}](#{self.objects[name]})"
        schema = self.definitions[name]
        properties = schema.get("properties", {})
        if {"items", "next_cursor"} <= set(properties):
            return f"list of {self.of(properties['items']['items'])}"
        required = schema.get("required", [])
        return _code(_marked(key, key in required) for key in properties)


def _request(operation: Json, shapes: Shapes) -> str:
    if "requestBody" in operation:
        return shapes.of(operation["requestBody"]["content"]["application/json"]["schema"])
    parameters = operation.get("parameters", [])
    return _code(_marked(p["name"], p["required"]) for p in parameters if p["in"] == "query")


def _answer(operation: Json, shapes: Shapes) -> str:
    answers = {s: answer for s, answer in operation["responses"].items() if s.startswith("2")}
    content = next(iter(answers.values())).get("content", {})
    described = [shapes.of(of["schema"]) for of in content.values() if "schema" in of]
    return ": ".join([", ".join(answers), *described])


def _marked(name: str, required: bool) -> str:
    return name if required else f"{name}?"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or _NOTHING


def _period(seconds: int) -> str:
    number, unit = (seconds // 60, "minute") if seconds % 60 == 0 else (seconds, "second")
    return f"{number} {unit}{'s' if number > 1 else ''}"


def _anchor(title: str, slugs: dict[str, int]) -> str:
    """The anchor that GitHub and GitLab make of a heading, numbered from its second use."""
    slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    slugs[slug] = slugs.get(slug, -1) + 1
    return f"{slug}-{slugs[slug]}" if slugs[slug] else slug


def _markdown(rows: Iterable[Sequence[str]]) -> str:
    head, *body = [f"| {' | '.join(row)} |\n" for row in rows]
    return "".join([head, f"|{'---|' * (head.count(' | ') + 1)}\n", *body])


def written(text: str, catalogue: Json) -> tuple[str, list[str]]:
    """Returns the page with new tables, and the names of the tables that were stale.

    Raises `Stop` for a table without a place, and for a declaration without an entry.
    """
    tables = Tables(catalogue, Page(text)).by_name
    places = {match[2] for match in _BLOCK.finditer(text)}
    if places != set(tables):
        names = ", ".join(sorted(places ^ set(tables)))
        raise Stop(f"Tables without a place on the page, or places without a table: {names}.")
    stale = []

    def renewed(match: re.Match[str]) -> str:
        table = _markdown(tables[match[2]]())
        if table != match[3]:
            stale.append(match[2])
        return f"{match[1]}{table}{match[4]}"

    return _BLOCK.sub(renewed, text), stale


def _catalogue() -> Json:
    command = [sys.executable, "-m", "app.protocol"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    catalogue: Json = json.loads(done.stdout)
    return catalogue


def tables(arguments: Sequence[str]) -> int:
    """Writes or checks the tables of a page; returns 1 if a checked one is stale."""
    paths = [argument for argument in arguments if argument != "--check"]
    path = Path(paths[0]) if paths else PAGE
    text, stale = written(path.read_text(), _catalogue())
    if "--check" not in arguments:
        path.write_text(text)
        return 0
    for name in stale:
        print(f"The table of {name} is stale: {COMMAND}")
    return 1 if stale else 0


if __name__ == "__main__":
    main(tables)
