"""Stores conversations with their participants, and stamps their rows when something changes.

For commands of all features, which check rights themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.conversations.events import ConversationUpdated
from app.conversations.models import Conversation, Participant
from app.conversations.queries import views_of
from app.conversations.unread import move_tally
from app.realtime.event import Event
from app.store import WriteSession
from app.store.prepared import Prepared

_STAMP = Prepared(
    update(Participant.__table__)  # type: ignore[arg-type]
    .where(
        Participant.conversation_id == bindparam("of_conversation"),
        Participant.peer_id.is_not(None),
    )
    .values(revision=bindparam("revision"))
)
_SEAT = Prepared(
    insert(Participant.__table__).values(  # type: ignore[arg-type]
        conversation_id=bindparam("conversation_id"),
        user_id=bindparam("user_id"),
        peer_id=bindparam("peer_id"),
        activity=bindparam("activity"),
        last_read_seq=0,
        unread_skipped=0,
        archived=False,
        muted=False,
        joined_at=bindparam("now"),
        revision=bindparam("revision"),
        read_revision=0,
    )
)


def create_conversation(
    session: WriteSession, creator_id: int, people: Iterable[int], kind: str, **columns: Any
) -> Conversation:
    """Stores a conversation and its participants."""
    conversation = Conversation(
        kind=kind,
        created_by=creator_id,
        status="open",
        activity=session.revision,
        revision=session.revision,
        created_at=session.now,
        updated_at=session.now,
        **columns,
    )
    session.add(conversation)
    session.flush()
    _seat(session, conversation, list(people))
    return conversation


def stamp_both(session: WriteSession, conversation_id: int) -> None:
    """Stamps both participants' rows of a conversation of two; those of a group need no stamp."""
    _STAMP.run(session, of_conversation=conversation_id, revision=session.revision)


def updated(session: WriteSession, conversation_id: int) -> list[Event]:
    """Returns the event with a conversation as each participant sees it now."""
    session.flush()
    return [
        ConversationUpdated(revision=session.revision, views=views_of(session, conversation_id))
    ]


def refresh_product_conversations(session: WriteSession, product_id: int) -> list[Event]:
    """Stamps all conversations about a changed product, and returns their events."""
    about = select(Conversation.id).where(Conversation.product_id == product_id)
    ids = session.scalars(about).all()
    session.execute(
        update(Conversation)
        .where(Conversation.product_id == product_id)
        .values(revision=session.revision)
    )
    session.execute(
        update(Participant)
        .where(Participant.conversation_id.in_(about))
        .values(revision=session.revision)
    )
    return [event for conversation_id in ids for event in updated(session, conversation_id)]


def _seat(session: WriteSession, conversation: Conversation, people: list[int]) -> None:
    """Stores the participants of a new conversation."""
    in_pair = conversation.kind != "group"
    common = {
        "conversation_id": conversation.id,
        "activity": conversation.activity if in_pair else None,
        "now": session.now,
        "revision": session.revision,
    }
    for user_id in people:
        peer_id = sum(people) - user_id if in_pair else None
        _SEAT.run(session, user_id=user_id, peer_id=peer_id, **common)
        if not in_pair:
            move_tally(session, user_id, 0, groups=1)
