"""Commands of conversations: open, change, add and remove participants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.access import access_user, access_users
from app.accounts.queries import is_blocked
from app.actor import Actor
from app.contract.command import command
from app.conversations.access import Admitted, access_conversation
from app.conversations.events import ConversationRemoved, ConversationUpdated
from app.conversations.models import Conversation, Participant
from app.conversations.queries import conversation_view
from app.conversations.schemas import ChangeConversation, OpenConversation
from app.conversations.storing import create_conversation, stamp_both, updated
from app.conversations.unread import count_tombstones, move_tally
from app.errors import N_, PalabreError, invalid, not_found
from app.products.access import access_product
from app.realtime.event import Event
from app.store import WriteSession
from app.store.prepared import Prepared

MAX_PARTICIPANTS = 1000

_BY_KEY = Prepared(select(Conversation.id).where(Conversation.unique_key == bindparam("key")))


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation as the actor sees it, and whether it is new."""

    conversation: dict[str, Any]
    created: bool


@command(limit="write", refuses=("not_found", "forbidden", "blocked"))
def open_conversation(
    session: WriteSession, actor: Actor, given: OpenConversation
) -> tuple[Opened, list[Event]]:
    """Opens a conversation, or returns the existing one."""
    if given.product_id is not None:
        conversation_id, created = about_product(session, actor, given.product_id)
    elif given.recipient_id is not None:
        conversation_id, created = with_person(session, actor, given.recipient_id)
    else:
        conversation_id, created = _group(session, actor, given), True
    events = updated(session, conversation_id) if created else []
    return Opened(_view(session, actor, conversation_id), created), events


def about_product(session: WriteSession, actor: Actor, product_id: int) -> tuple[int, bool]:
    """Returns the id of the actor's conversation with a product's owner, and whether it is new.

    Raises ``not_found`` or ``blocked``; ``forbidden`` for the owner, who cannot be the buyer.
    """
    key = f"product:{product_id}:{actor.user_id}"
    found = _find(session, key)
    if found is not None:
        return found, False
    product = access_product(session, product_id)
    if product.owner_id == actor.user_id:
        raise PalabreError("forbidden", N_("You cannot message yourself about your own product."))
    return _open(session, actor, key, product.owner_id, "product", product.id), True


def with_person(session: WriteSession, actor: Actor, user_id: int) -> tuple[int, bool]:
    """Returns the id of the direct conversation of two people, and whether it is new.

    Raises ``not_found``, ``blocked`` or ``invalid_payload`` (the actor named themself).
    """
    low, high = sorted((actor.user_id, user_id))
    key = f"direct:{low}:{high}"
    found = _find(session, key)
    if found is not None:
        return found, False
    other = access_user(session, user_id)
    if other.id == actor.user_id:
        raise invalid("recipient_id", N_("cannot be yourself"))
    return _open(session, actor, key, other.id, "direct"), True


@command(limit="write", refuses=("not_found", "forbidden"))
def change_conversation(
    session: WriteSession, actor: Actor, conversation_id: int, given: ChangeConversation
) -> tuple[dict[str, Any], list[Event]]:
    """Archives or mutes for the actor alone; opens or closes for all participants."""
    admitted = access_conversation(session, actor, conversation_id)
    own_changed = _change_own(session, admitted, given)
    if given.status is not None and given.status != admitted.conversation.status:
        events = _change_status(session, actor, admitted.conversation, given.status)
        return _view(session, actor, conversation_id), events
    view = _view(session, actor, conversation_id)
    if not own_changed:
        return view, []
    return view, [ConversationUpdated(revision=session.revision, views={actor.user_id: view})]


@command(limit="write", refuses=("not_found", "forbidden", "blocked", "conflict"))
def add_participant(
    session: WriteSession, actor: Actor, conversation_id: int, user_id: int
) -> tuple[Opened, list[Event]]:
    """Adds a user to a group that the actor created. Adding a participant again is no error."""
    admitted = access_conversation(session, actor, conversation_id)
    conversation = admitted.conversation
    _refuse_unless_own_group(actor, conversation)
    other = access_user(session, user_id)
    row = session.get(Participant, (conversation.id, other.id))
    if row is not None and row.removed_at is None:
        return Opened(_view(session, actor, conversation_id), False), []
    _refuse_full(session, conversation)
    refuse_blocked(session, actor, other.id)
    if row is None:
        newcomer = _participant(session, conversation.id, other.id)
        newcomer.unread_skipped = count_tombstones(session, conversation.id)
        session.add(newcomer)
    else:
        row.removed_at, row.revision = None, session.revision
    move_tally(session, other.id, 0, groups=1)
    conversation.revision = session.revision
    events = updated(session, conversation.id)
    return Opened(_view(session, actor, conversation_id), True), events


@command(limit="write", refuses=("not_found", "forbidden"))
def remove_participant(
    session: WriteSession, actor: Actor, conversation_id: int, user_id: int
) -> tuple[None, list[Event]]:
    """Removes a user from a group (its creator), or leaves it (any participant)."""
    conversation = access_conversation(session, actor, conversation_id).conversation
    if conversation.kind != "group":
        raise PalabreError("forbidden", N_("You can only leave groups."))
    if user_id != actor.user_id:
        _refuse_unless_own_group(actor, conversation)
    row = session.get(Participant, (conversation.id, user_id))
    if row is None or row.removed_at is not None:
        raise not_found()
    row.removed_at, row.revision = session.now, session.revision
    move_tally(session, user_id, 0, groups=-1)
    conversation.revision = session.revision
    removed = ConversationRemoved(
        revision=session.revision, conversation_id=conversation.id, user_id=user_id
    )
    return None, [removed, *updated(session, conversation.id)]


def refuse_blocked(session: Session, actor: Actor, *others: int) -> None:
    """Raises ``blocked`` if the actor or one of the others has blocked the other."""
    if is_blocked(session, actor.user_id, *others):
        raise PalabreError("blocked", N_("You cannot message each other."))


def _find(session: Session, key: str) -> int | None:
    """Returns the id of the conversation with this unique key, if it exists."""
    row = _BY_KEY.first(session, key=key)
    return row[0] if row else None


def _open(
    session: WriteSession,
    actor: Actor,
    key: str,
    other_id: int,
    kind: str,
    product_id: int | None = None,
) -> int:
    refuse_blocked(session, actor, other_id)
    people = (actor.user_id, other_id)
    return create_conversation(
        session, actor.user_id, people, kind, unique_key=key, product_id=product_id
    ).id


def _group(session: WriteSession, actor: Actor, given: OpenConversation) -> int:
    others = sorted(set(given.participant_ids or ()) - {actor.user_id})
    if not others:
        raise invalid("participant_ids", N_("must include another user"))
    access_users(session, others)
    refuse_blocked(session, actor, *others)
    people = [actor.user_id, *others]
    return create_conversation(session, actor.user_id, people, "group", title=given.title).id


def _participant(session: WriteSession, conversation_id: int, user_id: int) -> Participant:
    return Participant(
        conversation_id=conversation_id,
        user_id=user_id,
        joined_at=session.now,
        revision=session.revision,
        last_read_seq=0,
        unread_skipped=0,
        archived=False,
        muted=False,
        read_revision=0,
    )


def _change_own(session: WriteSession, admitted: Admitted, given: ChangeConversation) -> bool:
    """Archives or mutes for the actor alone; returns whether that changed anything."""
    mine = admitted.participant
    for name in ("archived", "muted"):
        value = getattr(given, name)
        if value is not None:
            setattr(mine, name, value)
    if not session.is_modified(mine):
        return False
    mine.revision = session.revision
    return True


def _change_status(
    session: WriteSession, actor: Actor, conversation: Conversation, status: str
) -> list[Event]:
    if conversation.kind == "group" and conversation.created_by != actor.user_id:
        raise PalabreError("forbidden", N_("Only the group's creator can close or reopen it."))
    conversation.status = status
    conversation.revision, conversation.updated_at = session.revision, session.now
    stamp_both(session, conversation.id)
    return updated(session, conversation.id)


def _refuse_unless_own_group(actor: Actor, conversation: Conversation) -> None:
    if conversation.kind != "group" or conversation.created_by != actor.user_id:
        raise PalabreError("forbidden", N_("Only the group's creator can add or remove people."))


def _refuse_full(session: Session, conversation: Conversation) -> None:
    count = session.scalar(
        select(func.count())
        .select_from(Participant)
        .where(Participant.conversation_id == conversation.id, Participant.removed_at.is_(None))
    )
    if (count or 0) >= MAX_PARTICIPANTS:
        raise PalabreError("conflict", N_("This group is full: 1,000 people at most."))


def _view(session: WriteSession, actor: Actor, conversation_id: int) -> dict[str, Any]:
    session.flush()
    return conversation_view(session, actor.user_id, conversation_id)
