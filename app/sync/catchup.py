"""When a doorbell was missed: tell this process's connections what the database says.

The same question every client may ask, *changes after a cursor*, asked on behalf of everybody
connected here, and told as the events they would have heard. Hearing something twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.actor import Actor
from app.contacts.events import ContactRequestCreated, ContactRequestStatusChanged
from app.conversations import cache as lists
from app.conversations.events import ConversationRemoved, ConversationUpdated
from app.conversations.unread import unread_in
from app.lessons.events import LessonCreated, LessonStatusChanged
from app.messages.events import MessageDeleted, MessageEdited, MessageSent, MessagesRead
from app.messages.models import Message
from app.realtime.announcement import announce
from app.realtime.connection import connections
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.wire import person
from app.store import store
from app.store.revision import current_revision
from app.sync.queries import changes

View = dict[str, Any]


def revision_now() -> int:
    """The revision of the last committed change."""
    with store.reading() as session:
        return current_revision(session)


def catch_up(after: int) -> int:
    """Tell everybody connected here what changed after a revision; returns the revision reached."""
    reached = revision_now()
    for user_id in {connection.actor.user_id for connection in connections.all()}:
        lists.forget({user_id})
        for events in _missed(user_id, after):
            publisher.deliver(map(announce, events), only=person(user_id))
    return reached


def _missed(user_id: int, after: int) -> Iterator[list[Event]]:
    """What one person has missed, page by page."""
    more = True
    while more:
        with store.reading() as session:
            page = changes(session, Actor(user_id, ""), after)
            events = [*_conversations(user_id, page), *_messages(session, user_id, page)]
            events += [*_reads(page), *_meetings(page)]
        yield events
        after, more = page["cursor"], page["has_more"]


def _conversations(user_id: int, page: View) -> Iterator[Event]:
    for view in page["conversations"]:
        yield ConversationUpdated(revision=view["revision"], views={user_id: view})
    for conversation_id in page["removed_conversation_ids"]:
        yield ConversationRemoved(
            revision=page["cursor"], conversation_id=conversation_id, user_id=user_id
        )


def _messages(session: Session, user_id: int, page: View) -> Iterator[Event]:
    for view in sorted(page["messages"], key=lambda message: message["revision"]):
        if view["deleted_at"] is not None:
            yield _deleted(session, user_id, view)
            continue
        others = frozenset(() if view["sender"]["id"] == user_id else (user_id,))
        unread_of = unread_in(view["conversation_id"])
        yield MessageSent(
            revision=view["revision"], message=view, others=others, unread_of=unread_of
        )
        if view["edited_at"] is not None:
            yield MessageEdited(
                revision=view["revision"], message=view, audience=frozenset({user_id})
            )


def _deleted(session: Session, user_id: int, view: View) -> Event:
    row = session.get_one(Message, view["id"])
    everyone = row.deleted_at is not None
    return MessageDeleted(
        revision=view["revision"],
        conversation_id=view["conversation_id"],
        message_id=view["id"],
        seq=view["seq"],
        scope="everyone" if everyone else "me",
        deleted_by=row.deleted_by or user_id,
        deleted_at=view["deleted_at"],
        audience=frozenset({user_id}),
    )


def _reads(page: View) -> Iterator[Event]:
    for read in page["reads"]:
        yield MessagesRead(**read, participant_ids=frozenset())


def _meetings(page: View) -> Iterator[Event]:
    # Which status came before is not stored: clients take the object as it is now.
    for lesson in page["lessons"]:
        if lesson["status"] == "scheduled":
            yield LessonCreated(revision=lesson["revision"], lesson=lesson)
        else:
            yield LessonStatusChanged(
                revision=lesson["revision"], lesson=lesson, previous_status=None
            )
    for request in page["contact_requests"]:
        if request["status"] == "pending":
            yield ContactRequestCreated(revision=request["revision"], contact_request=request)
        else:
            yield ContactRequestStatusChanged(
                revision=request["revision"], contact_request=request, previous_status=None
            )
