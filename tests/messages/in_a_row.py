"""What happens inside the server's process in the tests of messages that share a commit."""

from __future__ import annotations

import sqlite3
from typing import Any

from app.accounts.models import User
from app.actor import Actor
from app.conversations.commands import open_conversation, remove_participant
from app.conversations.schemas import OpenConversation
from app.messages.events import MessageSent
from app.messages.schemas import SendMessage
from app.messages.sending import send_message
from app.realtime.event import Event
from app.store import WriteSession, store
from app.store.writer.jobs import Batch
from tests.support.commits import Commits

ALICE, BOB, CHARLIE = 1, 2, 3


def _people(session: WriteSession) -> tuple[None, list[Event]]:
    for name in ("Alice", "Bob", "Charlie"):
        session.add(User(email=f"{name}@x.org", name=name, password_hash="-", created_at=0))
        session.flush()
    return None, []


def who_is_told(app: Any) -> Any:
    """Who is told of each message of a group that Charlie is taken out of: of those in one commit,
    and of one in the next, when a program beside the server has brought him back.
    """
    batches: list[list[list[int]]] = []
    store.start(Commits(lambda batch: batches.append(_told(batch))))
    store.write(_people)
    alice = Actor(ALICE, "-")
    given = OpenConversation(participant_ids=[BOB, CHARLIE], title="Three")
    group = store.write(open_conversation, alice, given).conversation["id"]
    message = SendMessage(conversation_id=group, text="Salut !")
    jobs = [store.submit(send_message, alice, message, after=None) for _ in range(2)]
    jobs.append(store.submit(remove_participant, alice, group, CHARLIE, after=None))
    jobs.append(store.submit(send_message, alice, message, after=None))
    for job in jobs:
        job.wait()
    path = app.config["SETTINGS"].data_dir / "palabre.db"
    with sqlite3.connect(path) as beside:
        beside.execute("UPDATE participants SET removed_at = NULL")
    store.write(send_message, alice, message)
    return [told for told in batches if told]


def _told(batch: Batch) -> list[list[int]]:
    return [sorted(event.others) for event in batch.events if isinstance(event, MessageSent)]
