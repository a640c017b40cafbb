"""Inside the server's process: the users who receive another's presence."""

from __future__ import annotations

from typing import Any

from app.accounts.models import User
from app.actor import Actor
from app.conversations.commands import open_conversation, with_person
from app.conversations.queries import FEW_PEERS, MOST_PEOPLE, peers_among, peers_of
from app.conversations.schemas import OpenConversation
from app.realtime.event import Event
from app.store import WriteSession, store
from tests.support.commits import Commits

ALICE = 1
PEERS = range(2, FEW_PEERS + 12)  # have a conversation with Alice
FELLOW = PEERS.stop  # is in a group with her
STRANGERS = range(FELLOW + 1, 2 * FEW_PEERS + 20)


def _people(session: WriteSession) -> tuple[None, list[Event]]:
    for number in range(1, STRANGERS.stop):
        session.add(User(email=f"{number}@x.org", name="-", password_hash="-", created_at=0))
    session.flush()
    alice = Actor(ALICE, "-")
    for other in PEERS:
        with_person(session, alice, other)
    given = OpenConversation(participant_ids=[FELLOW, PEERS[0]], title="Three")
    return None, open_conversation(session, alice, given)[1]


def among(_app: Any) -> Any:
    """Whether ``peers_among`` finds Alice's peers among few people, many, and more than the filter
    takes; and the only peer of another user.
    """
    store.start(Commits())
    store.write(_people)
    few = {ALICE, PEERS[0], PEERS[-1], FELLOW, STRANGERS[0]}
    many = {*few, *STRANGERS, PEERS[7]}
    with store.reading() as session:
        return {
            "all": sorted(peers_of(session, ALICE)) == [*PEERS, FELLOW],
            "few": peers_among(session, ALICE, few) == {PEERS[0], PEERS[-1], FELLOW},
            "many": peers_among(session, ALICE, many) == {PEERS[0], PEERS[7], PEERS[-1], FELLOW},
            "most": peers_among(session, ALICE, dict.fromkeys(range(MOST_PEOPLE + 1)))
            == {*PEERS, FELLOW},
            "of_one": peers_among(session, PEERS[-1], many) == {ALICE},
            "nobody": peers_among(session, ALICE, set()) == set(),
        }
