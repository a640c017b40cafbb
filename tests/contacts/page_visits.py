"""Visits of the pages of contact requests, and of the page of a person."""

from __future__ import annotations

from tests.support.people import Person
from tests.web.browser import Browser, Node
from tests.web.world import Visit, World, opened


def prepare(world: World) -> None:
    """A request that waits, one that is accepted, and one that is withdrawn."""
    _ask(world.dora, world.bob)
    accepted = _ask(world.dora, world.alice)
    world.alice.patch(f"/contact-requests/{accepted}", {"status": "accepted"})
    withdrawn = _ask(world.charlie, world.dora)
    world.charlie.patch(f"/contact-requests/{withdrawn}", {"status": "cancelled"})
    world.made["withdrawn"] = withdrawn


def _ask(sender: Person, recipient: Person) -> int:
    body = {"recipient_id": recipient.id, "message": "Market"}
    request: int = sender.post("/contact-requests", body)["id"]
    return request


def _too_late(world: World) -> Browser:
    charlie = world.browsers["Charlie"]
    token = charlie.fields_of(charlie.open("/account").all("form", method="post")[0])
    form = Node("form", {"action": f"/contact-requests/{world.made['withdrawn']}"})
    charlie.submit(form, csrf_token=token["csrf_token"], status="cancelled")
    return charlie


def _person(reader: str, name: str) -> Visit:
    return opened(reader, lambda world: f"/people/{getattr(world, name).id}")


VISITS = {
    "requests": opened("Bob", "/contact-requests"),
    "requests sent": opened("Dora", "/contact-requests?direction=sent"),
    "requests, none sent": opened("Bob", "/contact-requests?direction=sent"),
    "request, too late": _too_late,
    "person": _person("Dora", "charlie"),
    "person, asked": _person("Dora", "bob"),
    "person who asks": _person("Bob", "dora"),
    "person, blocked by me": _person("Bob", "charlie"),
    "person, blocked by them": _person("Charlie", "bob"),
    "person one talks with": _person("Bob", "alice"),
    "person, oneself": _person("Bob", "bob"),
}
