"""Inside the server's process: the statements of contact requests, and missed changes."""

from __future__ import annotations

from typing import Any

from app.actor import Actor
from app.contacts import commands
from app.contacts.queries import list_contact_requests
from app.contacts.schemas import CreateContactRequest
from app.store import store
from app.sync.queries import changes
from tests.sync.in_process import ALICE, missed_by, start, statements_by_length

BOB = 2


def queries_by_length(_app: Any) -> dict[str, list[int]]:
    """The statements of Alice's requests, and of her changes, by length."""
    return statements_by_length(
        lambda other: _ask(other, ALICE),
        {
            "requests": lambda s: list_contact_requests(s, ALICE, None, None, 100, None),
            "changes": lambda s: changes(s, Actor(ALICE, "-"), 0)["contact_requests"],
        },
    )


def missed_on_talemy(_app: Any) -> list[Any]:
    """The messages to Bob about requests that changed while his process missed it."""
    start(2)
    for _ in range(2):
        request = _ask(BOB, ALICE)
        store.write(commands.change_status, Actor(ALICE, "-"), request["id"], "accepted")
    _ask(BOB, ALICE)
    return missed_by(BOB)


def _ask(sender: int, recipient: int) -> Any:
    request = CreateContactRequest(recipient_id=recipient)
    return store.write(commands.create_contact_request, Actor(sender, "-"), request)
