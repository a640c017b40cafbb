"""Input models of products."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.contract.inputs import Id, Input, LongText, PageQuery, Search, Title

Status = Literal["available", "reserved", "sold"]


def _web_address(text: str) -> str:
    # Other schemes ("javascript:", "data:", "//host") would allow attacks on other users' pages.
    local = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not (text.startswith(("https://", "http://")) or local) or any(
        c in text for c in " \x00\"'<>\\"
    ):
        raise ValueError("must be an http(s) address or a path on this site")
    return text


def _price(text: str) -> str:
    return f"{Decimal(text):.2f}"


Price = Annotated[
    str, Field(max_length=13, pattern=r"^\d{1,10}(\.\d{1,2})?$"), AfterValidator(_price)
]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
ImageUrl = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_web_address)]


class CreateProduct(Input):
    """``POST /products``."""

    title: Title
    description: LongText = ""
    image_url: ImageUrl | None = None
    price: Price | None = None
    currency: Currency = "EUR"
    status: Status = "available"


class ChangeProduct(Input):
    """``PATCH /products/{id}``: only the fields present change."""

    title: Title | None = None
    description: LongText | None = None
    image_url: ImageUrl | None = None
    price: Price | None = None
    currency: Currency | None = None
    status: Status | None = None


class FindProducts(PageQuery):
    """``GET /products``."""

    q: Search | None = None
    owner_id: Id | None = None
