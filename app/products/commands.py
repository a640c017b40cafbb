"""Changing products."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.actor import Actor
from app.contract.command import command
from app.conversations.storing import refresh_product_conversations
from app.products import access
from app.products.models import Product
from app.products.queries import product_view
from app.products.schemas import ChangeProduct, CreateProduct
from app.realtime.event import Event
from app.store import WriteSession


@command(limit="write")
def create_product(
    session: WriteSession, actor: Actor, given: CreateProduct
) -> tuple[dict[str, Any], list[Event]]:
    """Creates a product that the actor owns."""
    product = Product(
        owner_id=actor.user_id,
        title=given.title,
        description=given.description,
        image_url=given.image_url,
        price_cents=to_cents(given.price),
        currency=given.currency,
        status=given.status,
        revision=session.revision,
        created_at=session.now,
        updated_at=session.now,
    )
    session.add(product)
    session.flush()
    return product_view(product), []


@command(limit="write", refuses=("not_found", "forbidden"))
def change_product(
    session: WriteSession, actor: Actor, product_id: int, given: ChangeProduct
) -> tuple[dict[str, Any], list[Event]]:
    """Changes the given fields; participants of conversations about the product get an event."""
    product = access.access_own_product(session, actor, product_id)
    changes = given.model_dump(exclude_unset=True)
    if "price" in changes:
        product.price_cents = to_cents(changes.pop("price"))
    for name, value in changes.items():
        if value is not None or name == "image_url":
            setattr(product, name, value)
    if not session.is_modified(product):
        return product_view(product), []
    product.revision, product.updated_at = session.revision, session.now
    session.flush()
    return product_view(product), refresh_product_conversations(session, product.id)


def to_cents(price: str | None) -> int | None:
    """Returns ``45000`` for ``"450.00"``."""
    return None if price is None else int(Decimal(price) * 100)
