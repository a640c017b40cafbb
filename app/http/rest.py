"""Shared by all REST blueprints: the prefix, problem+json and the shape of lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, jsonify, request
from flask_babel import gettext
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.contract.command import ROUTES, Command, Terms, route_terms
from app.contract.inputs import field_problems
from app.errors import N_, PalabreError, invalid, unexpected
from app.http.body import MAX_BODY_BYTES, limit_body
from app.http.openapi import operation_id, refusals

log = structlog.get_logger(__name__)

PREFIX = "/api/v1"
# The contract's codes for werkzeug's own refusals.
_CODES = {
    400: "invalid_payload",
    405: "invalid_payload",
    413: "payload_too_large",
    415: "invalid_payload",
}


View = TypeVar("View", bound=Callable[..., Any])


class RestBlueprint(APIBlueprint):
    """A blueprint whose routes declare their command, or the ``limit`` of a read.

    Limits are spent after validation, just before the view. Limits and refusals are in the OpenAPI
    document.
    """

    caller: Callable[[], Any] | None = None

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Registers a route that reads."""
        return self._route(super().get, rule, **options)

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Registers a route that runs a command."""
        return self._route(super().post, rule, **options)

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Registers a route that runs a command."""
        return self._route(super().put, rule, **options)

    def patch(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Registers a route that runs a command."""
        return self._route(super().patch, rule, **options)

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Registers a route that runs a command."""
        return self._route(super().delete, rule, **options)

    def _route(
        self,
        register: Callable[..., Callable[[Callable[..., Any]], Any]],
        rule: str,
        *,
        responses: dict[int | str, Any],
        command: Command | None = None,
        limit: str | None = None,
        refuses: tuple[str, ...] | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        terms = route_terms(command, limit, refuses)
        add = register(rule, responses={**responses, **refusals(*terms.codes)}, **options)

        def decorate(view: View) -> View:
            ROUTES[view] = terms
            add(self._limited(view, terms) if terms.limits else view)
            return view

        return decorate

    def _limited(self, view: Callable[..., Any], terms: Terms) -> Callable[..., Any]:
        @wraps(view)
        def limited(**inputs: Any) -> Any:
            terms.spend(inputs["body"] if self.caller is None else self.caller())
            return view(**inputs)

        return limited


def blueprint(
    name: str,
    import_name: str,
    *,
    security: list[dict[str, list[str]]] | None = None,
    sign_in: Callable[[], None] | None = None,
    caller: Callable[[], Any] | None = None,
    max_body: int = MAX_BODY_BYTES,
) -> RestBlueprint:
    """Returns a blueprint under ``/api/v1``, with bodies of up to ``max_body`` bytes.

    ``sign_in`` runs before every request, and raises :class:`PalabreError` for a caller without
    valid credentials; ``caller`` then returns the actor. ``security`` describes it to OpenAPI.
    """
    api = RestBlueprint(
        f"api_{name}",
        import_name,
        url_prefix=PREFIX,
        abp_tags=[Tag(name=name)],
        abp_security=security or [],
        operation_id_callback=operation_id,
    )
    api.caller = caller
    if sign_in is not None:
        api.before_request(sign_in)
    api.before_request(partial(refuse_misread_body, max_body))
    return api


def refuse_misread_body(max_body: int) -> None:
    """Refuses a body that is too large, not JSON, or an object inside a JSON string.

    flask-openapi3 would treat the second as no body, and unpack the third.
    """
    limit_body(max_body)
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return
    body = request.get_json(silent=True)
    if isinstance(body, str) or (body is None and request.get_data()):
        raise invalid("payload", N_("must be an object"))


def items(views: list[Any], next_cursor: str | None = None) -> dict[str, Any]:
    """Returns a list in its wire format."""
    return {"items": views, "next_cursor": next_cursor}


def problem(error: PalabreError, status: int | None = None) -> Response:
    """Returns ``application/problem+json`` (RFC 9457); ``status`` overrides the code's own."""
    status = status or error.status
    body = {
        **error.as_dict(),
        "message": gettext(error.message),
        "type": "about:blank",
        "title": gettext(error.message),
        "status": status,
    }
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(int(error.retry_after))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refuse_invalid(error: ValidationError) -> Response:
    """Answers a body, path or query that does not validate; flask-openapi3 calls it."""
    return problem(
        PalabreError(
            "invalid_payload", N_("Invalid request. Check its fields."), field_problems(error)
        )
    )


def is_api_request() -> bool:
    """Whether an error should be answered with problem+json rather than a page."""
    return request.path.startswith(("/api/", "/socket.io", "/healthz", "/readyz", "/metrics"))


def translate(error: Exception) -> PalabreError:
    """Returns any exception as a :class:`PalabreError`."""
    if isinstance(error, PalabreError):
        return error
    if isinstance(error, HTTPException):
        return _from_http(error)
    log.exception("request_failed", path=request.path, method=request.method)
    return unexpected(error)


def init(app: Flask, render_page: Callable[[PalabreError, int | None], Any]) -> None:
    """Installs handlers that answer every error, as JSON or through ``render_page``."""

    @app.errorhandler(Exception)
    def _answer(error: Exception) -> Any:
        if isinstance(error, HTTPException) and (
            error.response is not None or (error.code or 500) < 400
        ):
            return error.get_response()
        refusal = translate(error)
        status = error.code if isinstance(error, HTTPException) else None
        answer = problem(refusal, status) if is_api_request() else render_page(refusal, status)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(error.valid_methods)
        return answer


def _from_http(error: HTTPException) -> PalabreError:
    status = error.code or 500
    if status == 404:
        return PalabreError("not_found", N_("Not found, or you don't have access."))
    code = _CODES.get(status, "invalid_payload" if status < 500 else "internal")
    return PalabreError(code, error.description or error.name)
