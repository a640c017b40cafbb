"""Reading products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.products.models import Product


def product_view(product: Product) -> dict[str, Any]:
    """A Product as on the wire."""
    return {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "image_url": product.image_url,
        "price": format_price(product.price_cents),
        "currency": product.currency,
        "owner_id": product.owner_id,
        "status": product.status,
    }


def format_price(cents: int | None) -> str | None:
    """``45000`` → ``"450.00"``."""
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"


def load_products(session: Session, product_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Several products by id, in one query, as conversations show them: without the long text."""
    rows = session.scalars(select(Product).where(Product.id.in_(set(product_ids))))
    return {row.id: embedded_product_view(row) for row in rows}


def embedded_product_view(product: Product) -> dict[str, Any]:
    """A Product as a conversation carries it."""
    view = product_view(product)
    del view["description"]
    return view


def find_products(
    session: Session, q: str | None, owner_id: int | None, limit: int, before_id: int | None
) -> list[dict[str, Any]]:
    """Products, newest first, before ``before_id``."""
    statement = select(Product).order_by(Product.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Product.id < before_id)
    if owner_id is not None:
        statement = statement.where(Product.owner_id == owner_id)
    if q:
        statement = statement.where(Product.title.icontains(q, autoescape=True))
    return [product_view(product) for product in session.scalars(statement)]
