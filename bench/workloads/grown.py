"""Databases of increasing size, for the growth workload.

In all of them the same 60 users have conversations of the same length. Ten write to each other in
pairs (conversations 1 … 5). The other 50 do so too (6 … 30), and share a room (31). The data around
them grows; only ``with_length`` makes these conversations themselves longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from bench.world import Plan, Talk

TOTALS = (1_000, 100_000, 1_000_000)
LENGTHS = (10, 1_000, 100_000)
CIRCLES = (10, 500, 5_000)

WRITERS = range(1, 11)
CROWD = range(11, 61)
ROOM = 31
# The smallest sizes, so that a page has the same number of rows in every database.
LISTED, PAGE = min(CIRCLES), min(LENGTHS)

_PEOPLE = len(WRITERS) + len(CROWD)
_LENGTH = PAGE  # messages in a conversation of the 60
_ELSEWHERE = 3  # messages in any other conversation


@dataclass(frozen=True)
class Grown:
    """A database of a given size in one dimension."""

    dimension: str
    size: int
    plan: Plan

    @property
    def name(self) -> str:
        """The name in the report."""
        return f"{self.dimension} {self.size:,}"

    @property
    def news(self) -> int:
        """The revision before the last message of each conversation of the 60 users.

        Those conversations are the longest, so their last messages have the highest revisions.
        """
        everything = len(self.plan.talks) + sum(talk.messages for talk in self.plan.talks)
        return everything - ROOM


def pair_of(user: int) -> int:
    """Returns the conversation of a user with their pair."""
    return (user + 1) // 2


def with_total(messages: int) -> Grown:
    """Returns a database of so many messages, with about ten conversations per user."""
    talks = (messages - ROOM * _LENGTH) // _ELSEWHERE
    people = max(_PEOPLE, talks // 5)
    others = ((n % people + 1, (n + 1 + n // people) % people + 1) for n in range(talks))
    return Grown("messages in all:", messages, _world(people, others))


def with_length(messages: int) -> Grown:
    """Returns a database whose 31 conversations have so many messages; nine more per user are short."""
    return Grown("messages in a conversation:", messages, _with_strangers(LISTED - 1, messages))


def with_circle(conversations: int) -> Grown:
    """Returns a database in which each of the 60 has so many conversations of two."""
    return Grown("conversations of a person:", conversations, _with_strangers(conversations - 1))


def _with_strangers(count: int, length: int = _LENGTH) -> Plan:
    """A plan in which each of the 60 has a conversation with each of `count` others."""
    strangers = range(_PEOPLE + 1, _PEOPLE + count + 1)
    others = ((user, stranger) for stranger in strangers for user in range(1, _PEOPLE + 1))
    return _world(_PEOPLE + count, others, length)


def _world(people: int, others: Iterable[tuple[int, int]], length: int = _LENGTH) -> Plan:
    talks = chain(_conversations(length), (Talk(pair, _ELSEWHERE) for pair in others))
    return Plan(people, tuple(talks))


def _conversations(length: int) -> Iterator[Talk]:
    for odd in range(1, _PEOPLE, 2):
        yield Talk((odd, odd + 1), length)
    yield Talk(tuple(CROWD), length)
