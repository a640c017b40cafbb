"""Blueprints with limits of their own, inside the application's process."""

from __future__ import annotations

import io
import re
from typing import Any

from flask.testing import FlaskClient

from app.accounts import bearer
from app.http import rest
from app.web.blueprint import page_blueprint

Json = dict[str, Any]


def body_limits(app: Any) -> Json:
    """Return how blueprints with different limits answer bodies of 64, 65 and 128 KB and more."""
    small, large = (
        rest.blueprint("small", __name__),
        rest.blueprint("large", __name__, max_body=128 * 1024),
    )
    signed_in = bearer.blueprint("signed_in", __name__, max_body=128 * 1024)
    forms = page_blueprint("small", __name__, public=True)
    uploads = page_blueprint("large", __name__, public=True, max_form=512 * 1024)
    for blueprint in (small, large, signed_in):
        blueprint.post(f"/{blueprint.name}", responses={204: None})(_nothing)
    for pages in (forms, uploads):
        pages.post(f"/{pages.name}", endpoint="take")(_nothing)
    for blueprint in (small, large):
        app.register_api(blueprint)
    for pages in (forms, uploads):
        app.register_blueprint(pages)
    client = app.test_client()
    token = form_token(client)
    return {
        name: {
            f"{size} {'chunked' if chunked else 'announced'}": _send(
                client, address, size, chunked, token if pages else None
            )
            for size in sizes
            for chunked in (False, True)
        }
        for name, address, pages, sizes in (
            ("small", f"{rest.PREFIX}/api_small", False, (65_536, 65_537)),
            ("large", f"{rest.PREFIX}/api_large", False, (65_537, 131_071, 131_073)),
            ("form", "/small_pages", True, (262_143, 262_145)),
            ("upload", "/large_pages", True, (262_145, 524_289)),
        )
    }


def _nothing() -> Any:
    return "", 204


def _send(
    client: FlaskClient, address: str, size: int, chunked: bool, token: str | None
) -> list[Any]:
    if token is None:
        start, end, kind = b'{"text": "', b'"}', "application/json"
    else:
        start, end = f"csrf_token={token}&text=".encode(), b""
        kind = "application/x-www-form-urlencoded"
    body = start + b"x" * (size - len(start) - len(end)) + end
    if chunked:
        answer = client.post(
            address,
            content_type=kind,
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True},
        )
    else:
        answer = client.post(address, data=body, content_type=kind)
    message = answer.json["message"] if answer.is_json and answer.json else ""
    return [answer.status_code, message]


def form_token(client: FlaskClient) -> str:
    """Return the token that a browser's forms carry."""
    page = client.get("/sign-in").get_data(as_text=True)
    (token,) = set(re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', page))
    return str(token)
