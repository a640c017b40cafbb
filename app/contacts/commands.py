"""Changing contact requests: send, accept, decline, cancel."""

from __future__ import annotations

from typing import Any

from app.accounts.access import access_user
from app.actor import Actor
from app.contacts.access import access_contact_request_for
from app.contacts.events import ContactRequestCreated, ContactRequestStatusChanged
from app.contacts.models import ContactRequest
from app.contacts.queries import contact_request_view, is_pending
from app.contacts.schemas import CreateContactRequest
from app.contract.command import command
from app.conversations.commands import refuse_blocked, with_person
from app.conversations.storing import updated
from app.errors import N_, PalabreError, invalid
from app.realtime.event import Event
from app.store import WriteSession


@command(limit="write", refuses=("not_found", "blocked", "conflict"))
def create_contact_request(
    session: WriteSession, actor: Actor, given: CreateContactRequest
) -> tuple[dict[str, Any], list[Event]]:
    """Sends a contact request.

    Raises ``not_found``, ``blocked``, ``invalid_payload`` for a request to oneself, or ``conflict``
    while an earlier request of the actor to the same user is pending. A request in the other
    direction is no obstacle, nor is an earlier answer or a conversation.
    """
    recipient = access_user(session, given.recipient_id)
    if recipient.id == actor.user_id:
        raise invalid("recipient_id", N_("cannot be yourself"))
    refuse_blocked(session, actor, recipient.id)
    if is_pending(session, actor.user_id, recipient.id):
        raise PalabreError("conflict", N_("Your request to this person is still pending."))
    request = ContactRequest(
        sender_id=actor.user_id,
        recipient_id=recipient.id,
        message=given.message,
        status="pending",
        revision=session.revision,
        created_at=session.now,
    )
    session.add(request)
    session.flush()
    view = contact_request_view(session, request)
    return view, [ContactRequestCreated(revision=session.revision, contact_request=view)]


@command(limit="write", refuses=("not_found", "forbidden", "blocked", "conflict"))
def change_status(
    session: WriteSession, actor: Actor, request_id: int, status: str
) -> tuple[dict[str, Any], list[Event]]:
    """Accepts or declines (the recipient), or cancels (the sender), a pending request.

    Accepting opens or reuses the direct conversation of the two users. Raises ``not_found``,
    ``conflict``, ``forbidden``, or ``blocked`` for an acceptance after a block.
    """
    request = access_contact_request_for(session, actor, request_id, status)
    opened = _open_conversation(session, actor, request) if status == "accepted" else []
    previous, request.status = request.status, status
    request.revision = session.revision
    session.flush()
    view = contact_request_view(session, request)
    changed = ContactRequestStatusChanged(
        revision=session.revision, contact_request=view, previous_status=previous
    )
    return view, [*opened, changed]


def _open_conversation(session: WriteSession, actor: Actor, request: ContactRequest) -> list[Event]:
    refuse_blocked(session, actor, request.sender_id)
    request.conversation_id, created = with_person(session, actor, request.sender_id)
    return updated(session, request.conversation_id) if created else []
