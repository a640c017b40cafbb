"""What the code says about the wire, as JSON schemas: the catalogue of events, and OpenAPI."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.server import ROOT, environment, flask

Json = dict[str, Any]


@cache
def catalogue() -> Json:
    """What ``python -m app.protocol`` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "app.protocol"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed: Json = json.loads(done.stdout)
    return printed


@cache
def openapi() -> Json:
    """What ``/api/v1/openapi.json`` answers."""
    with tempfile.TemporaryDirectory() as folder:
        printed: Json = json.loads(flask("openapi", DATA_DIR=folder))
    return printed


def namespace(name: str) -> Json:
    """One namespace of the catalogue."""
    found: Json = catalogue()["namespaces"][name]
    return found


def problems(value: Any, schema: Json, where: Json) -> list[str]:
    """What is wrong with a value; ``where`` is the document that the schema's references mean."""
    whole = {**{key: where[key] for key in ("$defs", "components") if key in where}, **schema}
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(whole).iter_errors(value)
    ]


def payload_schema(space: str, event: str) -> Json:
    """Of a server event."""
    found: Json = namespace(space)["serverEvents"][event]
    return found


def operation(method: str, path: str) -> Json:
    """One operation of the REST half; ``path`` with ``{names}``."""
    found: Json = openapi()["paths"][path][method.lower()]
    return found


def body_schema(answer: Json) -> Json | None:
    """The schema of an answer or a request body, if it has one in JSON."""
    for kind in ("application/json", "application/problem+json"):
        if kind in answer.get("content", {}):
            found: Json = answer["content"][kind]["schema"]
            return found
    return None
