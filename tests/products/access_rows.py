"""The access matrix of products."""

from __future__ import annotations

from typing import Any

from tests.access.rows import PAGE_FORBIDDEN, REST_FORBIDDEN, of, page, rest, text
from tests.support.matrix import Call, Row, Target, everybody


def product(target: Target) -> Any:
    """Alice sells it."""
    return target.owner.post("/products", {"title": f"Kora {target.number}"})["id"]


def product_form(call: Call) -> Any:
    """A product's form."""
    return {"title": f"{call.name}'s", "currency": "EUR", "status": "available"}


REST = [
    rest("GET", "/products", "200"),
    rest("POST", "/products", "201", payload=lambda call: {"title": f"{call.name}'s"}),
    rest("GET", "/products/<int:id>", "200", path=of("id", product)),
    rest(
        "PATCH",
        "/products/<int:id>",
        REST_FORBIDDEN,
        REST_FORBIDDEN,
        "200",
        path=of("id", product),
        payload=lambda call: {"title": f"{call.name} was here"},
    ),
]

PAGES = [
    Row(("GET", "/"), everybody("302 /products")),
    Row(("GET", "/products"), everybody("200")),
    Row(("GET", "/products/<int:product_id>"), everybody("200"), path=of("product_id", product)),
    page(
        "POST",
        "/products/<int:product_id>/contact",
        "303 /conversations/",
        "303 /conversations/",
        PAGE_FORBIDDEN,
        path=of("product_id", product),
        payload=text,
        newcomer=True,
    ),
    page("GET", "/products/new", "200"),
    page("POST", "/products/new", "303 /products/", payload=product_form),
    page(
        "GET",
        "/products/<int:product_id>/edit",
        PAGE_FORBIDDEN,
        PAGE_FORBIDDEN,
        "200",
        path=of("product_id", product),
    ),
    page(
        "POST",
        "/products/<int:product_id>/edit",
        PAGE_FORBIDDEN,
        PAGE_FORBIDDEN,
        "303 /products/",
        path=of("product_id", product),
        payload=product_form,
    ),
]
