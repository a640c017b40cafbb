"""Prints the application's registries as JSON; ``registries.py`` runs it as a process."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import inspect
import json
import sys
from typing import Any

from app import create_app
from app.realtime.registry import REGISTRY

Json = dict[str, Any]


def main() -> None:
    """Prints events and routes."""
    app = create_app()
    found = {
        "events": [
            {
                "namespace": event.namespace,
                "name": event.name,
                "module": inspect.unwrap(event.handler).__module__,
                "schema": _schema(event.schema),
            }
            for event in REGISTRY.values()
        ],
        "routes": [
            {
                "method": method,
                "rule": rule.rule,
                "endpoint": rule.endpoint,
                "module": inspect.unwrap(app.view_functions[rule.endpoint]).__module__,
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
    view = inspect.unwrap(view)
    annotation = getattr(view, "__annotations__", {}).get(name)
    if isinstance(annotation, str):
        annotation = view.__globals__[annotation]
    return None if annotation is None else _schema(annotation)


if __name__ == "__main__":
    main()
