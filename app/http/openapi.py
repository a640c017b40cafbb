"""The description of the REST half: the answers of every operation, refusals included.

A route names its success and its command; the command names its refusals. Refusals that follow from
the kind of operation (signed in, changing, with a body) are added here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from app.contract.types import Problem
from app.errors import HTTP_STATUS

Json = dict[str, Any]

INFO = Info(
    title="Palabre",
    version="1",
    description=(
        "The REST half of Palabre, complete without a socket. What a socket does durably, these "
        "routes do through the same command, and every open socket hears of it. "
        "docs/protocol.md explains the objects, the rules and the socket half."
    ),
)
SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token; for `POST /auth/refresh`, the refresh token.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "access_token_cookie",
        "description": "Pages of the same origin. What changes something needs `csrf` with it.",
    },
    "refresh_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "refresh_token_cookie",
        "description": "Pages of the same origin, for `POST /auth/refresh` alone; with `csrf`.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-TOKEN",
        "description": "The value of the readable cookie `csrf_access_token`.",
    },
}
SIGNED_IN: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
REFRESHING: list[dict[str, list[str]]] = [{"bearer": []}, {"refresh_cookie": [], "csrf": []}]

_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_SAFE = ("get", "head")


def refusals(*codes: str) -> dict[int | str, Any]:
    """Returns ``responses=`` for error codes, several of which may share an HTTP status."""
    found: dict[int | str, list[str]] = {}
    for code in codes:
        found.setdefault(HTTP_STATUS[code], []).append(code)
    return {status: _problem(names) for status, names in found.items()}


def operation_id(*, name: str, path: str, method: str) -> str:
    """Returns the function's name: unique in the project, and the name in generated clients."""
    return name


class Api(OpenAPI):
    """Flask with a description of itself at ``/api/v1/openapi.json``."""

    def __init__(self, import_name: str, **options: Any) -> None:
        super().__init__(
            import_name,
            info=INFO,
            security_schemes=SECURITY_SCHEMES,
            validation_error_model=Problem,
            **options,
        )
        # The stock index page would have a single entry.
        self.view_functions["openapi.openapi"] = lambda: redirect(f"{self.doc_prefix}/swagger")

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Returns ``func``: no view is asynchronous, and Flask would check a dozen times a request."""
        return func

    def generate_spec_json(self) -> None:
        """Completes the stock document with the common part of its operations."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        for path in self.spec_json["paths"].values():
            for method, operation in path.items():
                _complete(method, operation)


def _complete(method: str, operation: Json) -> None:
    """Adds the refusals that follow from an operation's input and permissions."""
    operation.setdefault("security", [])
    operation.update(_sentences(operation))
    if method not in _SAFE:
        operation["security"] = [_with_csrf(way) for way in operation["security"]]
    declared: Json = operation["responses"]
    own = [code for answer in declared.values() for code in answer.pop("x-codes", [])]
    if "application/json" in declared.get("422", {}).get("content", {}):
        del declared["422"]  # the library adds it even without anything to validate
    codes = dict.fromkeys([*own, *_implied(method, operation)])
    for status, answer in refusals(*codes).items():
        declared[str(status)] = {key: value for key, value in answer.items() if key != "x-codes"}
    operation["responses"] = dict(sorted(declared.items()))


def _sentences(operation: Json) -> Json:
    """Returns the docstring as Markdown: first sentence, and rest. The library splits at lines."""
    lines = [operation["summary"], *operation.get("description", "").split("<br/>")]
    text = " ".join(" ".join(lines).split()).replace("``", "`")
    summary, _, rest = text.partition(". ")
    return {"summary": summary.rstrip("."), "description": rest}


def _implied(method: str, operation: Json) -> list[str]:
    codes = ["internal"]
    if operation["security"]:
        codes += ["unauthenticated", "token_expired", "token_revoked", "unavailable"]
        codes += [] if method in _SAFE else ["forbidden"]
    if "requestBody" in operation:
        codes += ["payload_too_large"]
    if "requestBody" in operation or "parameters" in operation:
        codes += ["invalid_payload"]
    return codes


def _with_csrf(way: dict[str, list[str]]) -> dict[str, list[str]]:
    return {**way, "csrf": []} if "cookie" in way else way


def _problem(codes: list[str]) -> Json:
    answer: Json = {
        "description": ", ".join(f"`{code}`" for code in codes),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
        "x-codes": codes,  # for _complete, which removes it
    }
    if HTTP_STATUS[codes[0]] in (429, 503):
        answer["headers"] = _RETRY
    return answer
