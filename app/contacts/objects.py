"""Contact requests on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.accounts.objects import User
from app.contract.answers import Page
from app.contract.types import Id, Moment, Output, Revision, left_out


class ContactRequest(Output):
    """A request from one user to another for a direct conversation."""

    id: Id
    sender: User
    recipient: User
    message: str | None
    status: Literal["pending", "accepted", "declined", "cancelled"]
    conversation_id: Id | None
    """The direct conversation, once the request was accepted."""
    revision: Revision
    created_at: Moment


class ContactRequestNotice(Output):
    """``contactRequest:created`` and ``contactRequest:statusUpdated``."""

    contact_request: ContactRequest
    previous_status: str = Field(default_factory=left_out)
    """With ``contactRequest:statusUpdated`` only."""
    revision: Revision


class ContactRequests(Page):
    """A list of contact requests."""

    items: list[ContactRequest]
