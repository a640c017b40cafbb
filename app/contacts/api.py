"""REST: contact requests."""

from __future__ import annotations

from typing import Any

from app import limits
from app.accounts.bearer import actor, blueprint
from app.contacts import access, commands, queries
from app.contacts.objects import ContactRequest, ContactRequests
from app.contacts.schemas import ChangeContactRequest, CreateContactRequest, FindContactRequests
from app.contract.inputs import ById
from app.http.openapi import CHANGING, refusals
from app.http.rest import items
from app.store import store

api = blueprint("contacts", __name__)


@api.get("/contact-requests", responses={200: ContactRequests})
def list_contact_requests(query: FindContactRequests) -> Any:
    """Requests one sent or received, newest first."""
    with store.reading() as session:
        found = queries.list_contact_requests(
            session, actor().user_id, query.direction, query.status, query.limit + 1, query.position
        )
    page = found[: query.limit]
    return items(page, str(page[-1]["id"]) if len(found) > query.limit else None)


@api.post(
    "/contact-requests",
    responses={201: ContactRequest, **refusals("not_found", "blocked", "conflict", *CHANGING)},
)
def create_contact_request(body: CreateContactRequest) -> Any:
    """Ask someone for contact."""
    limits.spend("write", actor().user_id)
    return store.write(commands.create_contact_request, actor(), body), 201


@api.get("/contact-requests/<int:id>", responses={200: ContactRequest, **refusals("not_found")})
def show_contact_request(path: ById) -> Any:
    """One contact request."""
    with store.reading() as session:
        found = access.access_contact_request(session, actor(), path.id)
        return queries.contact_request_view(session, found)


@api.patch(
    "/contact-requests/<int:id>",
    responses={
        200: ContactRequest,
        **refusals("not_found", "forbidden", "blocked", "conflict", *CHANGING),
    },
)
def change_contact_request(path: ById, body: ChangeContactRequest) -> Any:
    """Accept, decline or cancel a contact request."""
    limits.spend("write", actor().user_id)
    return store.write(commands.change_status, actor(), path.id, body.status)
