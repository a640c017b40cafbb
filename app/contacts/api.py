"""REST: contact requests."""

from __future__ import annotations

from typing import Any

from app.accounts.bearer import actor, blueprint
from app.contacts import access, commands, queries
from app.contacts.objects import ContactRequest, ContactRequests
from app.contacts.schemas import ChangeContactRequest, CreateContactRequest, FindContactRequests
from app.contract.inputs import ById
from app.http.rest import items
from app.store import store

api = blueprint("contacts", __name__)


@api.get("/contact-requests", responses={200: ContactRequests})
def list_contact_requests(query: FindContactRequests) -> Any:
    """Lists contact requests the caller sent or received, newest first."""
    with store.reading() as session:
        found = queries.list_contact_requests(
            session, actor().user_id, query.direction, query.status, query.limit + 1, query.position
        )
    page = found[: query.limit]
    return items(page, str(page[-1]["id"]) if len(found) > query.limit else None)


@api.post(
    "/contact-requests", command=commands.create_contact_request, responses={201: ContactRequest}
)
def create_contact_request(body: CreateContactRequest) -> Any:
    """Sends a contact request."""
    return store.write(commands.create_contact_request, actor(), body), 201


@api.get("/contact-requests/<int:id>", refuses=("not_found",), responses={200: ContactRequest})
def show_contact_request(path: ById) -> Any:
    """Returns one contact request."""
    with store.reading() as session:
        found = access.access_contact_request(session, actor(), path.id)
        return queries.contact_request_view(session, found)


@api.patch(
    "/contact-requests/<int:id>", command=commands.change_status, responses={200: ContactRequest}
)
def change_contact_request(path: ById, body: ChangeContactRequest) -> Any:
    """Accepts, declines or cancels a contact request."""
    return store.write(commands.change_status, actor(), path.id, body.status)
