"""The application's client events and routes, as plain data.

The application patches its process, so it is inspected in a process of its own
(``print_registries.py``).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.server import ROOT, environment

Json = dict[str, Any]


@dataclass(frozen=True)
class EventEntry:
    """A registered client event."""

    namespace: str
    name: str
    module: str  # of its handler
    schema: Json

    @property
    def key(self) -> tuple[str, str]:
        """How the tests name it."""
        return self.namespace, self.name


@dataclass(frozen=True)
class RouteEntry:
    """One method of one route, as in the application's own ``url_map``."""

    method: str
    rule: str
    endpoint: str
    module: str  # of its view
    body: Json | None  # JSON schema of the body, where the view takes one
    query: Json | None  # JSON schema of the query, where the view takes one

    @property
    def key(self) -> tuple[str, str]:
        """How the tests name it."""
        return self.method, self.rule


@cache
def _printed() -> Json:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.print_registries"],
            cwd=ROOT,
            env=environment(DATA_DIR=folder),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    printed: Json = json.loads(done.stdout)
    return printed


def events() -> list[EventEntry]:
    """Returns every client event of every namespace."""
    return [EventEntry(**entry) for entry in _printed()["events"]]


def routes() -> list[RouteEntry]:
    """Returns every route and method, except Flask's own ``HEAD`` and ``OPTIONS``."""
    return [RouteEntry(**entry) for entry in _printed()["routes"]]
