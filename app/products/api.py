"""REST: products."""

from __future__ import annotations

from typing import Any

from app.accounts.bearer import actor, blueprint
from app.contract.inputs import ById
from app.http.rest import items
from app.products import access, commands, queries
from app.products.objects import FullProduct, Products
from app.products.schemas import ChangeProduct, CreateProduct, FindProducts
from app.store import store

api = blueprint("products", __name__)


@api.get("/products", responses={200: Products})
def find_products(query: FindProducts) -> Any:
    """Lists products, newest first."""
    with store.reading() as session:
        found = queries.find_products(
            session, query.q, query.owner_id, query.limit + 1, query.position
        )
    page = found[: query.limit]
    return items(page, str(page[-1]["id"]) if len(found) > query.limit else None)


@api.post("/products", command=commands.create_product, responses={201: FullProduct})
def create_product(body: CreateProduct) -> Any:
    """Creates a product."""
    return store.write(commands.create_product, actor(), body), 201


@api.get("/products/<int:id>", refuses=("not_found",), responses={200: FullProduct})
def show_product(path: ById) -> Any:
    """Returns one product."""
    with store.reading() as session:
        return queries.product_view(access.access_product(session, path.id))


@api.patch("/products/<int:id>", command=commands.change_product, responses={200: FullProduct})
def change_product(path: ById, body: ChangeProduct) -> Any:
    """Changes a product of the caller."""
    return store.write(commands.change_product, actor(), path.id, body)
