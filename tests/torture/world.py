"""The people of a torture run, and who talks with whom."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

from tests.torture.clients import Account
from tests.torture.line import rest

PASSWORD = "correct horse battery"
PEOPLE_PER_GROUP = 5
_names = itertools.count(1)


@dataclass(frozen=True)
class World:
    """Senders and followers with their conversations."""

    senders: list[Account]
    followers: list[Account]

    @property
    def readers(self) -> dict[int, Account]:
        """Per conversation, somebody who belongs to it."""
        return {c: account for account in self.senders for c in account.conversation_ids}


def make_world(port: int, senders: int, followers: int) -> World:
    """Register everybody. Every sender talks in two groups with others; every follower hears all."""
    people = [_register(port) for _ in range(senders + followers)]
    writing, listening = people[:senders], people[senders:]
    heard_by = [user_id for user_id, _ in listening]
    groups: dict[int, list[int]] = {}
    count = max(2, senders // PEOPLE_PER_GROUP)
    for number in range(count):
        members = [p for i, p in enumerate(writing) if i % count in (number, (number + 1) % count)]
        others = [user_id for user_id, _ in members[1:]]
        body = {"title": f"Group {number}", "participant_ids": [*others, *heard_by]}
        answer = _good(rest(port, members[0][1], "POST", "/conversations", body))
        groups[answer["id"]] = [user_id for user_id, _ in members]
    return World(
        [Account(u, t, tuple(c for c, m in groups.items() if u in m)) for u, t in writing],
        [Account(u, t, tuple(groups)) for u, t in listening],
    )


def _register(port: int) -> tuple[int, str]:
    name = f"Person {next(_names)}"
    email = f"{name.replace(' ', '').lower()}.{time.time_ns()}@example.org"
    body = {"email": email, "password": PASSWORD, "name": name}
    answer = _good(rest(port, "", "POST", "/auth/register", body))
    return answer["user"]["id"], answer["access_token"]


def _good(answer: tuple[int, dict]) -> dict:  # type: ignore[type-arg]
    status, body = answer
    assert status in (200, 201), (status, body)
    return body
