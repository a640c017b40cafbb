"""Visits of the pages of products."""

from __future__ import annotations

from tests.web.browser import Browser
from tests.web.world import NOBODY, World, opened


def prepare(world: World) -> None:
    """A whole page of products: others from other tests stand behind it."""
    for _ in range(24):
        world.alice.post("/products", {"title": "Market"})


def _refused(world: World) -> Browser:
    alice = world.browsers["Alice"]
    form = alice.open("/products/new").one("form", class_="form")
    alice.submit(form, price="much", image_url="kora.png")
    return alice


VISITS = {
    "products": opened(NOBODY, "/products"),
    "products, signed in": opened("Bob", "/products"),
    "products, nothing found": opened(NOBODY, "/products?q=zzz"),
    "one's own products": opened("Alice", lambda world: f"/products?seller={world.alice.id}"),
    "product": opened(NOBODY, lambda world: world.kora),
    "product, signed in": opened("Bob", lambda world: world.kora),
    "own product": opened("Alice", lambda world: world.kora),
    "new product": opened("Alice", "/products/new"),
    "new product, refused": _refused,
    "edit product": opened("Alice", lambda world: f"{world.kora}/edit"),
    "edit, not one's own": opened("Bob", lambda world: f"{world.kora}/edit"),
}
