"""Doors of no feature: for machines, and for authors of clients. Nothing behind them is private."""

from __future__ import annotations

from tests.support.matrix import Row, everybody

REST = [
    *(
        Row(("GET", rule), everybody("200"))
        for rule in (
            "/healthz",
            "/readyz",
            "/metrics",
            "/api/v1/openapi.json",
            "/api/v1/swagger",
            "/api/v1/oauth2-redirect.html",
        )
    ),
    Row(("GET", "/api/v1/"), everybody("302")),
    Row(
        ("GET", "/static/<path:filename>"),
        everybody("200"),
        path=lambda _: {"filename": "css/base.css"},
    ),
    Row(
        ("GET", "/api/v1/swagger/<path:filename>"),
        everybody("200"),
        path=lambda _: {"filename": "css/swagger-ui.css"},
    ),
    Row(
        ("GET", "/api/v1/static/<path:filename>"),
        everybody("404 not_found"),
        path=lambda _: {"filename": "nothing"},
    ),
]
