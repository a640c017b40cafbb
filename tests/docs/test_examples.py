"""Every example of ``docs/protocol.md`` is what the code accepts and sends, field by field."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.realtime.wire import camelize
from tests.docs import protocol_page as page
from tests.docs import schemas

NAMESPACES = ("/", "/talemy")


def _spelt(namespace: str, source: str) -> Any:
    """An example with the keys of its namespace: objects are shown in snake_case only."""
    read = page.example(source)
    return camelize(read) if namespace == "/talemy" else read


@pytest.mark.parametrize("name", sorted(page.objects()))
def test_an_object(name: str) -> None:
    definitions = {
        **schemas.openapi()["components"]["schemas"],
        **schemas.namespace("/")["$defs"],
    }
    where = {"$defs": definitions, "components": {"schemas": definitions}}
    assert schemas.problems(page.objects()[name], {"$ref": f"#/$defs/{name}"}, where) == []


@pytest.mark.parametrize(
    ("namespace", "name"), [(n, e) for n in NAMESPACES for e in page.events(n, "Client")]
)
def test_a_client_event(namespace: str, name: str) -> None:
    payload, data = page.events(namespace, "Client")[name].examples
    event = schemas.namespace(namespace)["clientEvents"][name]
    for source, schema in ((payload, event["payload"]), (data, event["data"])):
        where = schemas.namespace(namespace)
        assert schemas.problems(_spelt(namespace, source), schema, where) == []


@pytest.mark.parametrize(
    ("namespace", "name"), [(n, e) for n in NAMESPACES for e in page.events(n, "Server")]
)
def test_a_server_event(namespace: str, name: str) -> None:
    (source,) = page.events(namespace, "Server")[name].examples
    schema = schemas.payload_schema(namespace, name)
    where = schemas.namespace(namespace)
    assert schemas.problems(_spelt(namespace, source), schema, where) == []


@pytest.mark.parametrize("route", sorted(page.routes()), ids=" ".join)
def test_a_route(route: tuple[str, str]) -> None:
    operation = schemas.operation(*route)
    wanted = [operation["requestBody"]] if "requestBody" in operation else []
    wanted += [a for status, a in operation["responses"].items() if status in ("200", "201")][:1]
    wanted_schemas = [found for found in map(schemas.body_schema, wanted) if found]
    examples = page.routes()[route].examples
    assert len(examples) == len(wanted_schemas)
    for source, schema in zip(examples, wanted_schemas, strict=True):
        assert schemas.problems(page.example(source), schema, schemas.openapi()) == []


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_catalogue_is_json_schema(namespace: str) -> None:
    found = schemas.namespace(namespace)
    Draft202012Validator.check_schema({"$defs": found["$defs"]})
    referred = set(re.findall(r"#/\$defs/(\w+)", json.dumps(found)))
    assert referred == set(found["$defs"])


def test_a_wrong_example_would_be_found() -> None:
    where = schemas.namespace("/")
    right = page.objects()["Message"]
    for wrong in ({**right, "seq": "57"}, {**right, "extra": 1}, {**right, "created_at": "today"}):
        assert schemas.problems(wrong, {"$ref": "#/$defs/Message"}, where)
    missing = {key: value for key, value in right.items() if key != "text"}
    assert schemas.problems(missing, {"$ref": "#/$defs/Message"}, where)
