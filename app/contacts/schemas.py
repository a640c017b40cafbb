"""Input models of contact requests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from app.contract.inputs import Id, Input, Note, PageQuery

Status = Literal["pending", "accepted", "declined", "cancelled"]
Direction = Literal["sent", "received"]


def _or_nothing(text: str | None) -> str | None:
    # A form without a message sends an empty field.
    return text if text and text.strip() else None


class CreateContactRequest(Input):
    """``POST /contact-requests``. A blank message counts as none."""

    recipient_id: Id
    message: Annotated[Note | None, AfterValidator(_or_nothing)] = None


class ChangeContactRequest(Input):
    """``PATCH /contact-requests/{id}``."""

    status: Status


class FindContactRequests(PageQuery):
    """``GET /contact-requests``: both directions unless one is named."""

    status: Status | None = None
    direction: Direction | None = None
