"""Visits of the forms for messages, which are part of the conversation's page."""

from __future__ import annotations

from tests.web.browser import Browser
from tests.web.world import Visit, World, opened


def _edit(world: World) -> Browser:
    bob = world.browsers["Bob"]
    bob.open(f"/conversations/{world.talk}")
    own = [row for row in bob.page.all("li", data_own="true") if not row.part("actions").hidden]
    bob.follow(own[0].one("a", data_action="edit"))
    return bob


def _sent(**fields: str) -> Visit:
    def visit(world: World) -> Browser:
        bob = world.browsers["Bob"]
        composer = bob.open(f"/conversations/{world.talk}").one("form", id="composer")
        bob.submit(composer, **fields)
        return bob

    return visit


VISITS = {
    "reply": opened(
        "Bob", lambda world: f"/conversations/{world.closed}?reply_to={world.closed_question}"
    ),
    "edit": _edit,
    "delete": opened("Alice", lambda world: f"/conversations/{world.talk}?delete={world.question}"),
    "refused message": _sent(text=" "),
    "form expired": _sent(text="Market", csrf_token=""),
    "wrong method": opened("Bob", lambda world: f"/conversations/{world.talk}/messages"),
}
