"""Reading products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.products.models import Product
from app.store.search import NameIndex

_TITLES = NameIndex("product_titles", Product.id, Product.title)


def product_view(product: Product) -> dict[str, Any]:
    """Returns a Product as on the wire."""
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
    """Returns ``"450.00"`` for ``45000``."""
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"


EMBEDDED_COLUMNS = (
    Product.id,
    Product.title,
    Product.image_url,
    Product.price_cents,
    Product.currency,
    Product.owner_id,
    Product.status,
)


def embedded_product_view(row: Sequence[Any]) -> dict[str, Any] | None:
    """Returns a Product as a conversation carries it, without the description.

    The row holds ``EMBEDDED_COLUMNS``; ``None`` for a conversation without a product.
    """
    product_id, title, image_url, price_cents, currency, owner_id, status = row
    return product_id and {
        "id": product_id,
        "title": title,
        "image_url": image_url,
        "price": format_price(price_cents),
        "currency": currency,
        "owner_id": owner_id,
        "status": status,
    }


def find_products(
    session: Session, q: str | None, owner_id: int | None, limit: int, before_id: int | None
) -> list[dict[str, Any]]:
    """Returns products, newest first, before ``before_id``."""
    statement = select(Product).order_by(Product.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Product.id < before_id)
    if owner_id is not None:
        statement = statement.where(Product.owner_id == owner_id)
    q = (q or "").strip()
    if q and owner_id is not None:
        statement = statement.where(_TITLES.compared(q))
    elif q:
        statement = statement.where(_TITLES.finds(session, q, limit, before=before_id))
    return [product_view(product) for product in session.scalars(statement)]
