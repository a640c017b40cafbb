"""Proofs for conversations and their participants."""

from __future__ import annotations

from tests.sync.refetching import LISTS, Scene, proves


@proves("conversation_updated")
def _a_conversation_is_opened_before_anything_is_said(scene: Scene) -> None:
    scene.charlie.post("/conversations", {"recipient_id": scene.bob.id})


@proves("conversation_updated")
def _the_other_closes(scene: Scene) -> None:
    scene.alice.patch(scene.path, {"status": "closed"})


@proves("conversation_updated", before=lambda s: s.alice.patch(s.path, {"status": "closed"}))
def _bob_opens_again(scene: Scene) -> None:
    scene.bob.patch(scene.path, {"status": "open"})


@proves("conversation_updated", joined=False)
def _bob_archives_and_mutes(scene: Scene) -> None:
    scene.bob.patch(scene.path, {"archived": True, "muted": True})


@proves("conversation_updated")
def _the_product_is_sold(scene: Scene) -> None:
    scene.alice.patch(f"/products/{scene.product['id']}", {"status": "sold", "price": "400.00"})


@proves("conversation_updated")
def _somebody_leaves_the_group(scene: Scene) -> None:
    scene.charlie.call("DELETE", f"/conversations/{scene.group}/participants/{scene.charlie.id}")


def _without_bob(scene: Scene) -> None:
    scene.alice.call("DELETE", f"/conversations/{scene.group}/participants/{scene.bob.id}")
    for text in ("He is gone", "And will be back"):
        scene.charlie.post(f"/conversations/{scene.group}/messages", {"text": text})


# What was said before is read where it is shown.
@proves("conversation_updated", before=_without_bob, parts=LISTS, joined=False)
def _bob_is_brought_back(scene: Scene) -> None:
    path = f"/conversations/{scene.group}/participants"
    assert scene.alice.call("POST", path, {"user_id": scene.bob.id}).status_code == 201


@proves(
    "conversation_removed",
    before=lambda s: s.alice.post(f"/conversations/{s.group}/messages", {"text": "?"}),
)
def _bob_is_removed(scene: Scene) -> None:
    scene.alice.call("DELETE", f"/conversations/{scene.group}/participants/{scene.bob.id}")


@proves("conversation_removed", joined=False)
def _bob_leaves(scene: Scene) -> None:
    scene.bob.call("DELETE", f"/conversations/{scene.group}/participants/{scene.bob.id}")
