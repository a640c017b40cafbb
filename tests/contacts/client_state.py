"""How a client's contact requests follow events and ``sync``."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.client_state import ClientState, View, keep, keep_from, read_list
from tests.support.people import Person

KIND = "contact_requests"
EVENTS = {
    "contactRequest:created": keep_from(KIND, "contact_request"),
    "contactRequest:statusUpdated": keep_from(KIND, "contact_request"),
}
PAGE = {KIND: keep(KIND)}


def refetch(state: ClientState, person: Person) -> None:
    """Read all requests of a person, sent and received."""
    read_list(state, person, KIND, "/contact-requests")


def users(state: ClientState) -> Iterator[View]:
    """Both people of each request."""
    for view in state.kinds[KIND].values():
        yield from (view["sender"], view["recipient"])
