"""Databases that hold more and more, for the workload that compares them.

In all of them the same sixty people do the same things in conversations of the same length: ten
write to each other in pairs (conversations 1 … 5), fifty do so too (6 … 30) and share a room (31).
What grows is around them, but where it is the length of those conversations itself.
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
# So many everybody has; a longer page is not what is to be seen here.
LISTED, PAGE = min(CIRCLES), min(LENGTHS)

_PEOPLE = len(WRITERS) + len(CROWD)
_LENGTH = PAGE  # messages in their conversations
_ELSEWHERE = 3  # messages in any other


@dataclass(frozen=True)
class Grown:
    """A world of some size."""

    dimension: str
    size: int
    plan: Plan

    @property
    def name(self) -> str:
        """As the report calls it."""
        return f"{self.dimension} {self.size:,}"

    @property
    def news(self) -> int:
        """A revision since which everybody has heard something: the last message of each conversation
        of theirs, which are the longest there are.
        """
        everything = len(self.plan.talks) + sum(talk.messages for talk in self.plan.talks)
        return everything - ROOM


def pair_of(user: int) -> int:
    """The conversation in which one of them writes."""
    return (user + 1) // 2


def with_total(messages: int) -> Grown:
    """So many messages in all; everybody has about ten conversations."""
    talks = (messages - ROOM * _LENGTH) // _ELSEWHERE
    people = max(_PEOPLE, talks // 5)
    others = ((n % people + 1, (n + 1 + n // people) % people + 1) for n in range(talks))
    return Grown("messages in all:", messages, _world(people, others))


def with_length(messages: int) -> Grown:
    """Conversations of so many messages; nine more of each of the sixty are short."""
    return Grown("messages in a conversation:", messages, _with_strangers(LISTED - 1, messages))


def with_circle(conversations: int) -> Grown:
    """Each of the sixty with so many conversations of two."""
    return Grown("conversations of a person:", conversations, _with_strangers(conversations - 1))


def _with_strangers(count: int, length: int = _LENGTH) -> Plan:
    """Each of the sixty has written with each of so many others."""
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
