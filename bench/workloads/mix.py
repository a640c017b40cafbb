"""A marketplace with thousands of connections and 64 operations in flight.

Of the operations, 80 % are REST reads, 15 % are sends, and 5 % mark as read or signal typing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from bench import driver
from bench.driver import Figures, Member, Phase, Request
from bench.peers.server import Running
from bench.workloads import rest
from bench.workloads.case import Case, Scale, Workload
from bench.world import Plan

NEIGHBOURS = 5  # on either side: ten conversations per user
MESSAGES = 10
AT_ONCE = 64
_OPEN = 0.2  # of the users have joined the conversation they write to
_REQUESTS = 20_000


class Mix(Workload):
    """A marketplace on an ordinary afternoon."""

    name = "mix"
    title = "Marketplace mix"

    def cases(self, scale: Scale) -> Sequence[Case]:
        count = scale.connections
        plan = rest.circle(count, NEIGHBOURS, MESSAGES)
        people, after = range(1, count + 1), rest.last_revision(plan) - len(plan.talks)

        def measure(server: Running) -> dict[str, Figures]:
            members = [*_people(plan), *[Member(1, kind="http")] * AT_ONCE]
            phases = [Phase(f"{count:,} connections", max(scale.seconds, 5.0), window=AT_ONCE)]
            return driver.run(
                "mix",
                server.port,
                server.pid,
                members,
                phases,
                requests=reads(people, _conversation, after),
                warm=2.0,
                patience=150,
            ).phases

        return [Case(str(count), plan, measure)]


def _conversation(user: int, chance: random.Random) -> int:
    """A random conversation that the user opened: their ids are consecutive."""
    return (user - 1) * NEIGHBOURS + 1 + chance.randrange(NEIGHBOURS)


def _people(plan: Plan) -> Iterator[Member]:
    chance = random.Random(1)
    for user in range(1, plan.people + 1):
        target = _conversation(user, chance)
        yield Member(user, "send", room=target if chance.random() < _OPEN else 0, target=target)


def reads(
    people: Sequence[int],
    conversation: Callable[[int, random.Random], int],
    after: int,
    listed: int = rest.LISTED,
    page: int = rest.PAGE,
) -> Iterator[Request]:
    """Yields reads: 60 % lists, 30 % pages of history, 10 % changes since the cursor `after`.

    `conversation` draws a random conversation of a user.
    """
    chance = random.Random(2)
    for _ in range(_REQUESTS):
        user, drawn = chance.choice(people), chance.random()
        if drawn < 0.6:
            yield rest.list_request("read", user, listed=listed)
        elif drawn < 0.9:
            yield rest.history(conversation(user, chance), user, page)
        else:
            yield rest.changes(user, after)
