"""The protocol as data: client events, their acknowledgements, server events, routes, rate limits.

:func:`catalogue` needs no running application. Documents and types are generated from it, and tests
compare ``docs/protocol.md``, the TypeScript client and the running server with it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, Literal

from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app import features
from app.contract import types
from app.contract.command import ROUTES, Terms
from app.errors import HTTP_STATUS
from app.limits import LIMITS, Rate
from app.operations.health import health
from app.realtime.registry import REGISTRY
from app.realtime.wire import NAMESPACES, SERVER_EVENTS, TALEMY, camelize

Model = type[BaseModel]
Json = dict[str, Any]
Mode = Literal["validation", "serialization"]


def catalogue() -> Json:
    """Returns every event of both namespaces with its JSON schemas (draft 2020-12), by namespace,
    and every REST route.

    ``clientEvents`` has each event's ``payload``, the ``data`` of its acknowledgement and its rate
    limit, ``serverEvents`` each event's payload, and ``error`` the error of an acknowledgement.
    They refer to ``$defs`` of the same namespace. ``errorCodes`` maps each code to its HTTP status.

    ``rest`` has each route's own part of the OpenAPI document, its rate limits and its refusals.
    The whole document needs an application (:mod:`app.http.openapi`).
    """
    features.load()
    apis = [*features.rest_blueprints(), health]
    return {
        "errorCodes": dict(HTTP_STATUS),
        "rateLimits": {name: _rate(rate) for name, rate in LIMITS.items()},
        "namespaces": {namespace: _namespace(namespace) for namespace in NAMESPACES},
        "rest": {
            "routes": [route for api in apis for route in _routes(api)],
            "components": {"schemas": _components(apis)},
        },
    }


def _rate(rate: Rate) -> Json:
    period = rate.item.get_expiry()
    return {"amount": rate.item.amount, "seconds": period, "counted": rate.counted}


def _components(apis: list[APIBlueprint]) -> Json:
    return {name: _plain(schema) for api in apis for name, schema in api.components_schemas.items()}


def _routes(api: APIBlueprint) -> Iterator[Json]:
    terms_of = {view.__name__: terms for view, terms in ROUTES.items()}
    for path, item in api.paths.items():
        for method, operation in _plain(item).items():
            terms = terms_of.get(operation["operationId"], Terms())
            yield {
                "method": method.upper(),
                "path": path,
                "operation": operation,
                "limits": [limit.name for limit in terms.limits],
                "refuses": list(terms.refuses),
            }


def _plain(part: BaseModel) -> Json:
    """Returns a part of OpenAPI as it is printed."""
    return part.model_dump(mode="json", by_alias=True, exclude_none=True)


def _namespace(namespace: str) -> Json:
    client = {e.name: e for e in REGISTRY.values() if e.namespace == namespace}
    server = {e.name: e.model for e in SERVER_EVENTS.values() if e.namespace == namespace}
    inputs: list[tuple[Model, Mode]] = [(e.schema, "validation") for e in client.values()]
    answers: list[Model] = [types.Error, *server.values(), *(e.data for e in client.values())]
    outputs: list[tuple[Model, Mode]] = [(model, "serialization") for model in answers]
    refs, definitions = models_json_schema([*inputs, *outputs], ref_template="#/$defs/{model}")
    return {
        "clientEvents": {
            name: {
                "payload": refs[event.schema, "validation"],
                "data": refs[event.data, "serialization"],
                "limit": event.limit,
            }
            for name, event in client.items()
        },
        "serverEvents": {name: refs[model, "serialization"] for name, model in server.items()},
        "error": refs[types.Error, "serialization"],
        "$defs": _spelt(namespace, definitions["$defs"]),
    }


def _spelt(namespace: str, definitions: Json) -> Json:
    """The definitions, with keys as the namespace writes them."""
    if namespace != TALEMY:
        return definitions
    return {name: _camel(schema) for name, schema in definitions.items()}


def _camel(schema: Json) -> Json:
    changed = dict(schema)
    if "properties" in schema:
        changed["properties"] = {_key(name): value for name, value in schema["properties"].items()}
    if "required" in schema:
        changed["required"] = [_key(name) for name in schema["required"]]
    return changed


def _key(name: str) -> str:
    return str(next(iter(camelize({name: None}))))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(catalogue(), indent=2, ensure_ascii=False) + "\n")
