"""What the application says it has: its client events and its routes, as plain data.

The application patches the process it lives in, so it is asked in a process of its own:
``python -m tests.support.registries`` prints what :func:`events` and :func:`routes` return.
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
    """One client event, as registered."""

    namespace: str
    name: str
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
            [sys.executable, "-m", "tests.support.registries"],
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
    """Every client event of every namespace."""
    return [EventEntry(**entry) for entry in _printed()["events"]]


def routes() -> list[RouteEntry]:
    """Every route and method; ``HEAD`` and ``OPTIONS``, which Flask adds by itself, are left out."""
    return [RouteEntry(**entry) for entry in _printed()["routes"]]


def _print() -> None:
    from gevent import monkey

    monkey.patch_all()
    from app import create_app
    from app.realtime.registry import REGISTRY

    app = create_app()
    found = {
        "events": [
            {"namespace": event.namespace, "name": event.name, "schema": _schema(event.schema)}
            for event in REGISTRY.values()
        ],
        "routes": [
            {
                "method": method,
                "rule": rule.rule,
                "endpoint": rule.endpoint,
                "body": _parameter(app.view_functions[rule.endpoint], "body"),
                "query": _parameter(app.view_functions[rule.endpoint], "query"),
            }
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ],
    }
    sys.stdout.write(json.dumps(found))


def _schema(model: Any) -> Json:
    schema: Json = model.model_json_schema()
    return schema


def _parameter(view: Any, name: str) -> Json | None:
    import inspect

    view = inspect.unwrap(view)
    annotation = getattr(view, "__annotations__", {}).get(name)
    if isinstance(annotation, str):
        annotation = view.__globals__[annotation]
    return None if annotation is None else _schema(annotation)


if __name__ == "__main__":
    _print()
