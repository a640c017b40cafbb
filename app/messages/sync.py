"""Messages and read marks in synchronisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.conversations import statements
from app.conversations.models import Participant
from app.conversations.statements import CHANGED_CONVERSATIONS
from app.conversations.unread import unread_in
from app.messages import objects
from app.messages.events import MessageDeleted, MessageEdited, MessageSent, MessagesRead
from app.messages.models import HiddenMessage, Message
from app.messages.queries import View, messages_for
from app.realtime.event import Event
from app.store.changes import Kind, page_of_changes, takes_part_in_sync
from app.store.prepared import Prepared, Row
from app.store.types import iso

_user: BindParameter[int] = bindparam("user_id")

# New, edited and deleted messages of the user's conversations.
CHANGED = Prepared(
    page_of_changes(
        select(Message.revision, Message.id)
        .select_from(CHANGED_CONVERSATIONS)
        .join(Message, Message.conversation_id == CHANGED_CONVERSATIONS.c.conversation_id),
        Message.revision,
    )
)

# Messages that the user has deleted for themself, by the revision of that deletion.
HIDDEN = Prepared(
    page_of_changes(
        select(HiddenMessage.revision, HiddenMessage.message_id)
        .join(Participant, Participant.conversation_id == HiddenMessage.conversation_id)
        .where(
            HiddenMessage.user_id == _user,
            Participant.user_id == _user,
            Participant.removed_at.is_(None),
        ),
        HiddenMessage.revision,
    )
)


def changed_views(session: Session, user_id: int, rows: Sequence[Row]) -> list[View]:
    """Returns rows of :data:`CHANGED` or :data:`HIDDEN` as their reader sees them, in order."""
    found = messages_for(session, user_id, [row[1] for row in rows])
    return [found[row[1]] for row in rows]


def read_views(_session: Session, _user_id: int, rows: Sequence[Row]) -> list[View]:
    """Returns rows of ``statements.READS`` in the shape of ``messages_read``."""
    return [
        {
            "conversation_id": conversation_id,
            "user_id": user_id,
            "last_read_seq": last_read_seq,
            "read_at": iso(last_read_at),
            "revision": revision,
        }
        for revision, conversation_id, user_id, last_read_seq, last_read_at in rows
    ]


def message_events(
    session: Session, user_id: int, views: list[View], _revision: int
) -> Iterator[Event]:
    """Yields the events that bring messages to a user: sent, edited or deleted."""
    for view in sorted(views, key=lambda message: message["revision"]):
        if view["deleted_at"] is not None:
            yield _deleted(session, user_id, view)
            continue
        others = frozenset(() if view["sender"]["id"] == user_id else (user_id,))
        yield MessageSent(
            revision=view["revision"],
            message=view,
            others=others,
            unread_of=unread_in(view["conversation_id"]),
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


def read_events(
    _session: Session, _user_id: int, views: list[View], _revision: int
) -> Iterator[Event]:
    """Yields the events that bring read marks to a user."""
    for view in views:
        yield MessagesRead(**view, participant_ids=frozenset())


takes_part_in_sync(
    Kind("messages", objects.Message, (CHANGED, HIDDEN), changed_views, message_events),
    Kind("reads", objects.ReadMark, (statements.READS,), read_views, read_events),
)
