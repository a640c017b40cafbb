"""Contact requests in synchronisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import SQLColumnExpression, bindparam, select
from sqlalchemy.orm import Session

from app.contacts import objects
from app.contacts.events import ContactRequestCreated, ContactRequestStatusChanged
from app.contacts.models import ContactRequest
from app.contacts.queries import View, contact_request_views
from app.realtime.event import Event
from app.store.changes import Kind, merged, page_of_changes, takes_part_in_sync
from app.store.prepared import Prepared, Row
from app.store.types import AnySelect


def _changed(column: SQLColumnExpression[int]) -> AnySelect:
    mine = select(ContactRequest.revision, ContactRequest.id).where(column == bindparam("user_id"))
    return page_of_changes(mine, ContactRequest.revision)


# Requests a user sent or received, by the revision of their last change.
CHANGED = Prepared(
    merged(_changed(ContactRequest.sender_id), _changed(ContactRequest.recipient_id))
)


def changed_views(session: Session, _user_id: int, rows: Sequence[Row]) -> list[View]:
    """Returns rows of :data:`CHANGED` as on the wire, in the same order."""
    if not rows:
        return []
    ids = [row[1] for row in rows]
    found = session.scalars(select(ContactRequest).where(ContactRequest.id.in_(ids))).all()
    return contact_request_views(session, sorted(found, key=lambda one: one.revision))


def changed_events(
    _session: Session, _user_id: int, views: list[View], _revision: int
) -> Iterator[Event]:
    """Yields the events that bring changes to a user. The previous status is not stored."""
    for view in views:
        if view["status"] == "pending":
            yield ContactRequestCreated(revision=view["revision"], contact_request=view)
        else:
            yield ContactRequestStatusChanged(
                revision=view["revision"], contact_request=view, previous_status=None
            )


takes_part_in_sync(
    Kind("contact_requests", objects.ContactRequest, (CHANGED,), changed_views, changed_events)
)
