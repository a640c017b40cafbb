"""Clients ask for what has changed: everything, a page, and after a cursor never given."""

from __future__ import annotations

from tests.docs.stage import Stage


def tell(stage: Stage) -> None:
    """Synchronisation on both namespaces and over REST, of all that the other stories left."""
    stage.buyer.ok("sync", {"after": 0})
    stage.seller.ok("sync", {"after": 2**53 - 1})
    stage.buyer_on_talemy.ok("sync", {"after": 0})
    stage.alice.get("/changes", after=0, limit=1)
    stage.bob.get("/changes", after=0)
