"""Code, ``docs/`` and the TypeScript client call the same things by the same names."""

from __future__ import annotations

import ast
import re
from typing import Any, get_args

import pytest

from app.contract.types import Code
from app.errors import HTTP_STATUS
from app.limits import LIMITS
from tests.docs import protocol_page as page
from tests.docs import schemas
from tests.support import house_rules, registries
from tests.support.server import ROOT

NAMESPACES = ("/", "/talemy")
CLIENT = ROOT / "clients" / "typescript" / "src"
# Routes that describe the others, and the files they need.
_DESCRIPTIONS = ("openapi.", "swagger.", "static")


def _typescript(file: str) -> str:
    return (CLIENT / file).read_text()


def _keys(source: str, name: str) -> set[str]:
    """The keys of an interface or an object literal: those one level deep."""
    body = re.search(rf"\b{name}\b[^={{\n]*(?:= )?\{{\n(.*?)\n\}}", source, re.DOTALL)
    assert body, f"no {name}"
    return set(re.findall(r'(?m)^  "?([\w:]+)"?\??:', body[1]))


# --- events ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_client_event_is_documented_and_no_other(namespace: str) -> None:
    registered = {event.name for event in registries.events() if event.namespace == namespace}
    assert registered == set(page.events(namespace, "Client"))
    assert registered == set(schemas.namespace(namespace)["clientEvents"])


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_server_event_is_documented_and_no_other(namespace: str) -> None:
    catalogued = set(schemas.namespace(namespace)["serverEvents"])
    assert catalogued == set(page.events(namespace, "Server"))


def test_every_name_in_the_source_is_in_the_catalogue() -> None:
    declared = house_rules.server_events(house_rules.modules(ROOT))
    catalogued = {name for space in NAMESPACES for name in schemas.namespace(space)["serverEvents"]}
    assert declared == catalogued


def _texts(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_typescript_client_knows_every_event_of_its_namespace() -> None:
    wire = schemas.namespace("/")
    generated = _typescript("generated/marketplace.ts")
    assert _keys(generated, "ClientEvents") == set(wire["clientEvents"])
    assert _keys(generated, "ServerEvents") == set(wire["serverEvents"])
    listed = re.findall(r'(?m)^  "([\w:]+)",$', _typescript("generated/events.ts"))
    assert listed == list(wire["serverEvents"])


def test_the_typescript_client_names_no_event_that_does_not_exist() -> None:
    talemy = schemas.namespace("/talemy")
    known = set(talemy["clientEvents"]) | set(talemy["serverEvents"])
    named = {
        name
        for file in CLIENT.rglob("*.ts*")
        for name in re.findall(
            r'"((?:message|conversation|lesson|contactRequest):\w+)"', file.read_text()
        )
    }
    assert named <= known


@pytest.mark.parametrize(
    "name",
    [
        "User", "Product", "Message", "Participant", "Conversation", "Lesson", "ContactRequest",
        "ReadMark", "Changes",
    ],
)  # fmt: skip
def test_the_typescript_objects_have_the_keys_of_the_wire(name: str) -> None:
    properties = schemas.namespace("/")["$defs"][name]["properties"]
    assert _keys(_typescript("generated/marketplace.ts"), name) == set(properties)


# --- routes ---------------------------------------------------------------------------------------


def test_every_route_is_documented_and_no_other() -> None:
    served = {(route.method, _path(route.rule)) for route in registries.routes() if _is_rest(route)}
    assert served == set(page.routes())


def test_every_route_is_in_openapi_and_no_other() -> None:
    described = {
        (method.upper(), path)
        for path, operations in schemas.openapi()["paths"].items()
        for method in operations
    }
    assert described == set(page.routes())


def test_the_typescript_client_asks_for_routes_that_exist() -> None:
    served = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in page.routes()}
    source = "".join(file.read_text() for file in CLIENT.rglob("*.ts*"))
    calls = re.findall(r'\.(?:get\(|request\("([A-Z]+)", )["`](/[^"`?]*)', source)
    asked = {(m or "GET", "/api/v1" + re.sub(r"\$\{\w+\}", "{}", path)) for m, path in calls}
    assert ("POST", "/api/v1/messages") in asked
    assert asked - served == set()


def _is_rest(route: registries.RouteEntry) -> bool:
    inside = route.rule.startswith(("/api/", "/healthz", "/readyz", "/metrics"))
    return inside and not route.endpoint.startswith(_DESCRIPTIONS)


def _path(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def test_every_parameter_of_a_route_is_documented() -> None:
    for route, entry in page.routes().items():
        told = _prose(entry.name)
        operation = schemas.operation(*route)
        names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        assert [name for name in names if f"`{name}" not in told] == [], route


def _prose(heading: str) -> str:
    after = page.text().split(f"#### `{heading}`", 1)[1]
    return re.split(r"(?m)^#{2,4} ", after)[0]


# --- codes, limits, settings -----------------------------------------------------------------------


def test_every_error_code_is_documented_with_its_status() -> None:
    table = {row[0].strip("`"): int(row[1]) for row in page.table("## 2. Errors")}
    assert table == HTTP_STATUS
    assert set(get_args(Code)) == set(HTTP_STATUS)
    assert schemas.catalogue()["errorCodes"] == HTTP_STATUS


def test_the_typescript_client_knows_every_error_code() -> None:
    assert _keys(_typescript("generated/errors.ts"), "ERROR_STATUS") == set(HTTP_STATUS)


def test_every_reason_to_end_a_session_is_documented() -> None:
    codes = schemas.namespace("/")["$defs"]["SessionEnded"]["properties"]["code"]["enum"]
    assert {row[0].strip("`") for row in page.table("### The end")} == set(codes)


def test_every_rate_limit_is_documented_with_its_figures() -> None:
    written = {row[0].strip("`"): row[1] for row in page.table("Rates are counted")}
    assert written == {name: _rate(rate.item) for name, rate in LIMITS.items()}


def _rate(item: Any) -> str:
    unit = item.GRANULARITY.name + ("s" if item.multiples > 1 else "")
    return f"{item.amount} in {item.multiples} {unit}"


@pytest.mark.parametrize("file", ["docs/self-hosting.md", ".env.example"])
def test_every_setting_is_documented(file: str) -> None:
    told = set(re.findall(r"\b[A-Z][A-Z_]+\b", (ROOT / file).read_text()))
    assert _settings() - told == set()


def test_the_example_of_settings_names_no_other() -> None:
    named = set(re.findall(r"(?m)^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text()))
    assert named - _settings() - {"WEB_CONCURRENCY"} == set()  # that one is gunicorn's own


def _settings() -> set[str]:
    """The environment variables that ``config.py`` reads."""
    tree = ast.parse((ROOT / "config.py").read_text())
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and "environ" in ast.unparse(node):
            found |= {
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            }
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SECRETS":
            found |= _texts(node.value)
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z_]+", name)}
