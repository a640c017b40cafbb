"""Access to contact requests: for sender and recipient only. Denied equals not found."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.actor import Actor
from app.contacts.models import ContactRequest
from app.errors import N_, PalabreError, not_found


def access_contact_request(session: Session, actor: Actor, request_id: int) -> ContactRequest:
    """Returns a contact request that the actor sent or received; raises ``not_found``."""
    request = session.get(ContactRequest, request_id)
    if request is None or actor.user_id not in (request.sender_id, request.recipient_id):
        raise not_found()
    return request


def access_contact_request_for(
    session: Session, actor: Actor, request_id: int, status: str
) -> ContactRequest:
    """Returns a contact request whose status the actor may change to ``status``.

    The recipient accepts or declines, the sender cancels. Raises ``not_found``, ``conflict`` (it
    has been answered or cancelled already) or ``forbidden``.
    """
    request = access_contact_request(session, actor, request_id)
    if request.status != "pending" or status == "pending":
        raise PalabreError("conflict", N_("This request is no longer pending."))
    if status == "cancelled" and actor.user_id != request.sender_id:
        raise PalabreError("forbidden", N_("Only the sender can withdraw this request."))
    if status != "cancelled" and actor.user_id != request.recipient_id:
        raise PalabreError("forbidden", N_("Only the recipient can answer this request."))
    return request
