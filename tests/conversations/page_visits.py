"""Visits of the pages of conversations."""

from __future__ import annotations

from tests.web.world import World, opened


def prepare(world: World) -> None:
    """A group, and a conversation across a block."""
    body = {"title": "Market", "participant_ids": [world.bob.id, world.charlie.id]}
    group = world.alice.post("/conversations", body)["id"]
    world.bob.post(f"/conversations/{group}/messages", {"text": "Market"})
    blocking = world.bob.post("/messages", {"recipient_id": world.charlie.id, "text": "Market"})
    world.bob.call("PUT", f"/users/{world.charlie.id}/block")
    world.made |= {"group": group, "blocking": blocking["conversation_id"]}


def _blocking(world: World) -> str:
    return f"/conversations/{world.made['blocking']}"


VISITS = {
    "inbox": opened("Bob", "/conversations"),
    "inbox, archived": opened("Bob", "/conversations?archived=1"),
    "inbox, empty": opened("Charlie", "/conversations?cursor=1"),
    "conversation": opened("Bob", lambda world: f"/conversations/{world.talk}"),
    "group": opened("Bob", lambda world: f"/conversations/{world.made['group']}"),
    "closed": opened("Charlie", lambda world: f"/conversations/{world.closed}"),
    "blocked by me": opened("Bob", _blocking),
    "blocked by them": opened("Charlie", _blocking),
    "older messages": opened("Bob", lambda world: f"/conversations/{world.talk}?before_seq=2"),
}
