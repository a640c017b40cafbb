"""Proofs for contact requests."""

from __future__ import annotations

from tests.contacts import things
from tests.sync.refetching import TALK, Scene, proves


def _a_request(scene: Scene) -> None:
    things.make(scene.charlie, scene.bob)


@proves("contactRequest:created", namespace="/talemy")
def _a_request_comes(scene: Scene) -> None:
    _a_request(scene)


@proves("contactRequest:statusUpdated", namespace="/talemy", before=_a_request)
def _a_request_is_withdrawn(scene: Scene) -> None:
    (request,) = scene.bob.get("/contact-requests")["items"]
    scene.charlie.patch(f"/contact-requests/{request['id']}", {"status": "cancelled"})


# Talemy learns of the conversation by its id in the request, or by sync.
@proves(
    "contactRequest:statusUpdated",
    namespace="/talemy",
    before=_a_request,
    parts=("contact_requests",),
)
@proves("conversation_updated", before=_a_request, parts=TALK)
def _a_request_is_accepted(scene: Scene) -> None:
    (request,) = scene.bob.get("/contact-requests")["items"]
    scene.bob.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})
