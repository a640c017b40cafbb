"""A seller keeps two products."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Every route of products."""
    alice = stage.alice
    body = {"title": "Balafon", "price": "450", "description": "21 keys"}
    product = alice.post("/products", body)
    alice.post("/products", {"title": "Ngoni"})
    alice.patch(f"/products/{product['id']}", {"image_url": "https://example.org/kora.jpg"})
    alice.get(f"/products/{product['id']}")
    assert alice.get("/products", limit=1)["next_cursor"]
