"""The people of a torture run, and who talks with whom."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from tests.torture.clients import Account
from tests.torture.line import rest

PASSWORD = "correct horse battery"
PEOPLE_PER_GROUP = 5
PATIENCE_SECONDS = 60.0  # passwords of fifty people are hashed, beside whatever else goes on
_names = itertools.count(1)


@dataclass(frozen=True)
class World:
    """People with their conversations, and somebody who belongs to none."""

    people: list[Account]
    outsider: Account
    conversation_ids: tuple[int, ...]


def make_world(port: int, people: int) -> World:
    """Register everybody; everyone talks in two groups of about ten."""
    *inside, outside = register(port, people + 1)
    groups: dict[int, list[int]] = {}
    count = max(2, people // PEOPLE_PER_GROUP)
    for number in range(count):
        members = [p for i, p in enumerate(inside) if i % count in (number, (number + 1) % count)]
        groups[make_group(port, members, f"Group {number}")] = [p.user_id for p in members]
    accounts = [
        replace(p, conversation_ids=tuple(c for c, m in groups.items() if p.user_id in m))
        for p in inside
    ]
    return World(accounts, outside, tuple(groups))


def register(port: int, count: int) -> list[Account]:
    """New people without any conversation."""
    with ThreadPoolExecutor(4) as pool:  # hashing passwords takes the server a while
        return list(pool.map(lambda _: _register(port), range(count)))


def make_group(port: int, members: list[Account], title: str = "Group") -> int:
    """A conversation of several people; returns its id."""
    body = {"title": title, "participant_ids": [p.user_id for p in members[1:]]}
    made: int = good(
        rest(port, members[0].token, "POST", "/conversations", body, PATIENCE_SECONDS)
    )["id"]
    return made


def _register(port: int) -> Account:
    name = f"Person {next(_names)}"
    email = f"{name.replace(' ', '').lower()}.{time.time_ns()}@example.org"
    body = {"email": email, "password": PASSWORD, "name": name}
    answer = good(rest(port, "", "POST", "/auth/register", body, PATIENCE_SECONDS))
    return _account(answer, email)


def sign_in(port: int, account: Account) -> Account:
    """The same person on another device."""
    body = {"email": account.email, "password": PASSWORD}
    return _account(
        good(rest(port, "", "POST", "/auth/login", body, PATIENCE_SECONDS)), account.email
    )


def _account(answer: dict[str, Any], email: str) -> Account:
    tokens = answer["access_token"], answer["refresh_token"]
    return Account(answer["user"]["id"], tokens[0], (), email, tokens[1])


def good(answer: tuple[int, Any]) -> Any:
    """The body of an answer that must be a success."""
    status, body = answer
    assert status in (200, 201), (status, body)
    return body
