"""REST reads over 16 keep-alive connections, of the same rows for every server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from bench import driver
from bench.driver import Figures, Member, Phase, Request
from bench.peers.server import Running
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan, Talk

PEOPLE = 200
NEIGHBOURS = 20  # on either side in the circle: 40 conversations per user
MESSAGES = 60
AT_ONCE = 16
LISTED = 30
PAGE = 50
_UNCACHED_REQUESTS = 20_000  # more than any server answers in a phase
_AFTER_EVERYTHING = 9_000_000_000_000_000  # a revision of the year 2255
_RECENT_ROUNDS = 0.5  # the share of conversations whose last message is news

CACHED, UNCACHED, HISTORY, CHANGES = "cached-list", "uncached-list", "history", "changes"


def circle(people: int, neighbours: int, messages: int) -> Plan:
    """Returns a plan in which each user has a conversation with `neighbours` users on either side."""
    pairs = (
        (user, (user - 1 + distance) % people + 1)
        for user in range(1, people + 1)
        for distance in range(1, neighbours + 1)
    )
    return Plan(people, tuple(Talk(pair, messages) for pair in pairs))


def conversations_of(plan: Plan, user: int) -> list[int]:
    """Returns the ids of a user's conversations."""
    return [n for n, talk in enumerate(plan.talks, start=1) if user in talk.people]


def last_revision(plan: Plan) -> int:
    """Returns the revision of the last message."""
    return len(plan.talks) + sum(talk.messages for talk in plan.talks)


def list_request(kind: str, user: int, variant: int = 0, listed: int = LISTED) -> Request:
    """Returns a request for a conversation list.

    Each variant but 0 has another cursor after the newest conversation: the list is the same, but
    no cache has it.
    """
    start = f"&cursor={_AFTER_EVERYTHING + variant}" if variant else ""
    return Request(kind, user, f"/api/v1/conversations?limit={listed}{start}")


def uncached(users: Iterable[int], listed: int = LISTED) -> Iterable[Request]:
    """Yields list requests, each of them once."""
    people = list(users)
    variants = range(1, _UNCACHED_REQUESTS // len(people) + 1)
    return (
        list_request(UNCACHED, user, variant, listed) for variant in variants for user in people
    )


def history(conversation: int, user: int, limit: int = PAGE) -> Request:
    """Returns a request for the newest page of a conversation."""
    return Request(HISTORY, user, f"/api/v1/conversations/{conversation}/messages?limit={limit}")


def changes(user: int, after: int) -> Request:
    """Returns a request for the changes since a cursor."""
    return Request(CHANGES, user, f"/api/v1/changes?after={after}")


class Rest(Workload):
    """The conversation list, cached and uncached, a page of history, and changes since a cursor."""

    name = "rest"
    title = "REST reads"

    def cases(self, scale: Scale) -> Sequence[Case]:
        plan = circle(PEOPLE, NEIGHBOURS, MESSAGES)
        people = range(1, PEOPLE + 1)
        after = last_revision(plan) - int(len(plan.talks) * _RECENT_ROUNDS)
        requests = list(
            chain(
                (list_request(CACHED, user) for user in people),
                uncached(people),
                (history(n, talk.people[0]) for n, talk in enumerate(plan.talks, start=1)),
                (changes(user, after) for user in people),
            )
        )

        def measure(server: Running) -> dict[str, Figures]:
            return driver.run(
                "rest",
                server.port,
                server.pid,
                [Member(1, kind="http")] * AT_ONCE,
                [
                    Phase(kind, scale.seconds, window=AT_ONCE)
                    for kind in (UNCACHED, CACHED, HISTORY, CHANGES)
                ],
                requests=requests,
            ).phases

        return [Case("reads", plan, measure)]
