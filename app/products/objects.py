"""Products on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.contract.answers import Page
from app.contract.types import Id, Output

Price = Annotated[str, Field(pattern=r"^\d+\.\d\d$")]


class Product(Output):
    """A product, as a conversation carries it."""

    id: Id
    title: str
    image_url: str | None
    price: Price | None
    """Decimal text with two digits after the point; null means *on request*."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 4217."""
    owner_id: Id
    status: Literal["available", "reserved", "sold"]


class FullProduct(Product):
    """A product with its description, as its own routes answer."""

    description: str


class Products(Page):
    """A list of products, newest first."""

    items: list[FullProduct]
