"""Conversations in synchronisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from app.contract.types import Id
from app.conversations import objects, statements
from app.conversations.events import ConversationRemoved, ConversationUpdated
from app.conversations.queries import View, conversation_views
from app.realtime.event import Event
from app.store.changes import Kind, takes_part_in_sync
from app.store.prepared import Row


def changed_views(session: Session, user_id: int, rows: Sequence[Row]) -> list[View]:
    """Returns rows of ``statements.CHANGED`` as their reader sees them."""
    return conversation_views(session, user_id, [row[1] for row in rows])


def updated_events(
    _session: Session, user_id: int, views: list[View], _revision: int
) -> Iterator[Event]:
    """Yields the events that bring changed conversations to a user."""
    for view in views:
        yield ConversationUpdated(revision=view["revision"], views={user_id: view})


def removed_ids(_session: Session, _user_id: int, rows: Sequence[Row]) -> list[int]:
    """Returns rows of ``statements.REMOVED`` as plain ids."""
    return [row[1] for row in rows]


def removed_events(
    _session: Session, user_id: int, ids: list[int], revision: int
) -> Iterator[Event]:
    """Yields the events that take conversations from a user."""
    for conversation_id in ids:
        yield ConversationRemoved(
            revision=revision, conversation_id=conversation_id, user_id=user_id
        )


takes_part_in_sync(
    Kind(
        "conversations",
        objects.Conversation,
        (statements.CHANGED,),
        changed_views,
        updated_events,
    ),
    Kind("removed_conversation_ids", Id, (statements.REMOVED,), removed_ids, removed_events),
)
