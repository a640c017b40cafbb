"""Inside the server's process: which users receive another's presence."""

from __future__ import annotations

from typing import Any

from app.accounts.models import User
from app.actor import Actor
from app.conversations.commands import open_conversation, with_person
from app.conversations.queries import FEW_CONTACTS, MOST_PEOPLE, contacts_among, contacts_of
from app.conversations.schemas import OpenConversation
from app.realtime.event import Event
from app.store import WriteSession, store

ALICE = 1
CONTACTS = range(2, FEW_CONTACTS + 12)  # have a conversation with Alice
FELLOW = CONTACTS.stop  # is in a group with her
STRANGERS = range(FELLOW + 1, 2 * FEW_CONTACTS + 20)


def _people(session: WriteSession) -> tuple[None, list[Event]]:
    for number in range(1, STRANGERS.stop):
        session.add(User(email=f"{number}@x.org", name="-", password_hash="-", created_at=0))
    session.flush()
    alice = Actor(ALICE, "-")
    for other in CONTACTS:
        with_person(session, alice, other)
    given = OpenConversation(participant_ids=[FELLOW, CONTACTS[0]], title="Three")
    return None, open_conversation(session, alice, given)[1]


def among(_app: Any) -> Any:
    """Of some people those whom Alice shares a conversation with: few people, then many; more than
    are asked about; and the same of somebody who knows nobody but her.
    """
    store.start(lambda _batch: None)
    store.write(_people)
    few = {ALICE, CONTACTS[0], CONTACTS[-1], FELLOW, STRANGERS[0]}
    many = {*few, *STRANGERS, CONTACTS[7]}
    with store.reading() as session:
        return {
            "all": sorted(contacts_of(session, ALICE)) == [*CONTACTS, FELLOW],
            "few": contacts_among(session, ALICE, few) == {CONTACTS[0], CONTACTS[-1], FELLOW},
            "many": contacts_among(session, ALICE, many)
            == {CONTACTS[0], CONTACTS[7], CONTACTS[-1], FELLOW},
            "most": contacts_among(session, ALICE, dict.fromkeys(range(MOST_PEOPLE + 1)))
            == {*CONTACTS, FELLOW},
            "of_one": contacts_among(session, CONTACTS[-1], many) == {ALICE},
            "nobody": contacts_among(session, ALICE, set()) == set(),
        }
