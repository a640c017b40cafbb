"""Access to products. Public to read; only their owner may change them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.actor import Actor
from app.errors import N_, PalabreError, not_found
from app.products.models import Product


def access_product(session: Session, product_id: int) -> Product:
    """Returns a product by id; raises ``not_found``."""
    product = session.get(Product, product_id)
    if product is None:
        raise not_found()
    return product


def access_own_product(session: Session, actor: Actor, product_id: int) -> Product:
    """Returns a product the actor may change; raises ``not_found`` or ``forbidden``."""
    product = access_product(session, product_id)
    if product.owner_id != actor.user_id:
        raise PalabreError("forbidden", N_("Only the seller can edit this product."))
    return product
