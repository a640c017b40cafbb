"""Reading contact requests, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.queries import load_users
from app.contacts.models import ContactRequest
from app.store.types import iso

View = dict[str, Any]


def contact_request_view(session: Session, request: ContactRequest) -> View:
    """Returns a ContactRequest as on the wire."""
    return contact_request_views(session, [request])[0]


def contact_request_views(session: Session, requests: Sequence[ContactRequest]) -> list[View]:
    """Returns contact requests as on the wire, in order. Sender and recipient see them alike."""
    ids = {i for request in requests for i in (request.sender_id, request.recipient_id)}
    people = load_users(session, ids)
    return [_view(request, people) for request in requests]


def list_contact_requests(
    session: Session,
    user_id: int,
    direction: str | None,
    status: str | None,
    limit: int,
    before_id: int | None,
) -> list[View]:
    """Returns requests a user sent, received, or both, newest first, before ``before_id``."""
    statement = (
        select(ContactRequest)
        .where(_of(user_id, direction))
        .order_by(ContactRequest.id.desc())
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(ContactRequest.status == status)
    if before_id is not None:
        statement = statement.where(ContactRequest.id < before_id)
    return contact_request_views(session, session.scalars(statement).all())


def is_pending(session: Session, sender_id: int, recipient_id: int) -> bool:
    """Whether a request from one user to another is pending."""
    return (
        session.execute(
            select(ContactRequest.id).where(
                ContactRequest.sender_id == sender_id,
                ContactRequest.recipient_id == recipient_id,
                ContactRequest.status == "pending",
            )
        ).first()
        is not None
    )


def answered_contact_requests(
    session: Session, user_id: int, direction: str, limit: int, before_id: int | None
) -> list[View]:
    """Returns answered or cancelled requests a user sent or received, newest first."""
    statement = (
        select(ContactRequest)
        .where(_of(user_id, direction), ContactRequest.status != "pending")
        .order_by(ContactRequest.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        statement = statement.where(ContactRequest.id < before_id)
    return contact_request_views(session, session.scalars(statement).all())


def pending_between(session: Session, one: int, other: int) -> list[View]:
    """Returns the pending requests between two users, at most one each way."""
    pair = (one, other)
    statement = select(ContactRequest).where(
        ContactRequest.sender_id.in_(pair),
        ContactRequest.recipient_id.in_(pair),
        ContactRequest.status == "pending",
    )
    return contact_request_views(session, session.scalars(statement).all())


def pending_received(session: Session, user_id: int) -> int:
    """Returns the number of requests waiting for a user's answer."""
    statement = select(func.count()).where(
        ContactRequest.recipient_id == user_id, ContactRequest.status == "pending"
    )
    return session.scalar(statement) or 0


def _of(user_id: int, direction: str | None) -> Any:
    sent = ContactRequest.sender_id == user_id
    received = ContactRequest.recipient_id == user_id
    return {"sent": sent, "received": received, None: or_(sent, received)}[direction]


def _view(request: ContactRequest, people: dict[int, View]) -> View:
    return {
        "id": request.id,
        "sender": people[request.sender_id],
        "recipient": people[request.recipient_id],
        "message": request.message,
        "status": request.status,
        "conversation_id": request.conversation_id,
        "revision": request.revision,
        "created_at": iso(request.created_at),
    }
