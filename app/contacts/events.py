"""Events of contact requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.contacts.objects import ContactRequestNotice
from app.realtime.event import Event, Payload, both, previous
from app.realtime.wire import TALEMY, ServerEvent, Wire, camelize

CONTACT_REQUEST_CREATED = ServerEvent(TALEMY, "contactRequest:created", ContactRequestNotice)
CONTACT_REQUEST_STATUS_CHANGED = ServerEvent(
    TALEMY, "contactRequest:statusUpdated", ContactRequestNotice
)


@dataclass(slots=True, kw_only=True)
class ContactRequestCreated(Event):
    """A contact request was sent."""

    contact_request: Payload

    def wires(self) -> Iterator[Wire]:
        payload = {"contact_request": self.contact_request, "revision": self.revision}
        rooms = both(self.contact_request, "sender", "recipient")
        yield Wire(CONTACT_REQUEST_CREATED, camelize(payload), rooms)


@dataclass(slots=True, kw_only=True)
class ContactRequestStatusChanged(Event):
    """A contact request was accepted, declined or cancelled."""

    contact_request: Payload
    previous_status: str | None

    def wires(self) -> Iterator[Wire]:
        payload = {
            "contact_request": self.contact_request,
            **previous(self.previous_status),
            "revision": self.revision,
        }
        rooms = both(self.contact_request, "sender", "recipient")
        yield Wire(CONTACT_REQUEST_STATUS_CHANGED, camelize(payload), rooms)
