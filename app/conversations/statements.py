"""The statements of lists, views and synchronisation; see ``app/store/prepared.py``.

Each begins with an index range of one user: see the indexes of ``Participant``, and
docs/decisions/0015 for why groups are queried separately.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Subquery,
    bindparam,
    case,
    func,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.accounts.queries import USER_COLUMNS
from app.conversations.models import Conversation, Participant, UnreadTally
from app.products.models import Product
from app.products.queries import EMBEDDED_COLUMNS
from app.store.changes import merged, page_of_changes
from app.store.prepared import Prepared, PreparedFor
from app.store.types import AnySelect

_user: BindParameter[int] = bindparam("user_id")
_after: BindParameter[int] = bindparam("after")
_conversation: BindParameter[int] = bindparam("conversation_id")

UNREAD: ColumnElement[int] = (
    Conversation.last_seq - Participant.last_read_seq - Participant.unread_skipped
)

_in_pair = (Participant.user_id == _user, Participant.peer_id.is_not(None))
_in_group = (
    Participant.user_id == _user,
    Participant.peer_id.is_(None),
    Participant.removed_at.is_(None),
)


def _with_conversation(*columns: Any) -> AnySelect:
    return (
        select(*columns)
        .select_from(Participant)
        .join(Conversation, Conversation.id == Participant.conversation_id)
    )


# --- membership

# No row, no right to read.
MEMBER = Prepared(
    select(Participant.user_id).where(
        Participant.conversation_id == _conversation,
        Participant.user_id == _user,
        Participant.removed_at.is_(None),
    )
)

PEOPLE = Prepared(
    select(Participant.user_id).where(
        Participant.conversation_id == _conversation, Participant.removed_at.is_(None)
    )
)

_fellow = aliased(Participant)

# Peers share a conversation of two with the user: at most ``most`` of them, or those among ids.
PEERS = Prepared(select(Participant.peer_id).where(*_in_pair).limit(bindparam("most")))
PEERS_AMONG = PreparedFor(
    lambda ids: select(Participant.peer_id).where(*_in_pair, Participant.peer_id.in_(ids))
)

# Participants of the user's groups, the user included; one row for each group.
FELLOWS = Prepared(
    select(_fellow.user_id)
    .select_from(Participant)
    .join(_fellow, _fellow.conversation_id == Participant.conversation_id)
    .where(*_in_group, _fellow.removed_at.is_(None))
)

# --- lists, latest activity first

_before: BindParameter[int] = bindparam("before")
_most: BindParameter[int] = bindparam("most")


def _listed(archived: tuple[ColumnElement[bool] | bool, ...], *groups: Any) -> Prepared:
    """Returns the statement for a page of ids from one or two ranges of an index and the groups."""
    ranges = [
        select(Participant.conversation_id, Participant.activity)
        .where(*_in_pair, Participant.archived == flag, Participant.activity < _before)
        .order_by(Participant.activity.desc())
        .limit(_most)
        .subquery()
        for flag in archived
    ]
    in_groups = _with_conversation(Participant.conversation_id, Conversation.activity).where(
        *_in_group, Conversation.activity < _before, *groups
    )
    found = union_all(*(select(one) for one in ranges), in_groups).subquery()
    return Prepared(
        select(found.c.conversation_id, found.c.activity)
        .order_by(found.c.activity.desc())
        .limit(_most)
    )


_archived: BindParameter[bool] = bindparam("archived")
LISTED = _listed((bindparam("no", False), bindparam("yes", True)))
LISTED_APART = _listed((_archived,), Participant.archived == _archived)

ABOUT = Prepared(
    _with_conversation(Conversation.id)
    .where(
        Conversation.product_id == bindparam("product_id"),
        Participant.user_id == _user,
        Participant.removed_at.is_(None),
    )
    .order_by(Conversation.activity.desc())
    .limit(100)
)

_theirs = aliased(Participant)
_with_pair = select(Participant.conversation_id, Participant.activity).where(
    Participant.user_id == _user, Participant.peer_id == bindparam("other_id")
)
_with_group = (
    _with_conversation(Participant.conversation_id, Conversation.activity)
    .join(_theirs, _theirs.conversation_id == Participant.conversation_id)
    .where(*_in_group, _theirs.user_id == bindparam("other_id"), _theirs.removed_at.is_(None))
)
_with = union_all(_with_pair, _with_group).subquery()
WITH = Prepared(select(_with.c.conversation_id).order_by(_with.c.activity.desc()).limit(20))

# --- views; columns are in the order of ``queries.Membership``

_viewed = (
    _with_conversation(
        Participant.user_id,
        Conversation.id,
        Conversation.kind,
        Conversation.title,
        Conversation.status,
        Conversation.last_seq,
        Conversation.last_message_id,
        Conversation.revision,
        Conversation.reads_revision,
        Conversation.created_at,
        Conversation.updated_at,
        Participant.archived,
        Participant.muted,
        UNREAD,
        Participant.revision,
        *EMBEDDED_COLUMNS,
    )
    .outerjoin(Product, Product.id == Conversation.product_id)
    .where(Participant.removed_at.is_(None))
)
VIEWED = PreparedFor(
    lambda ids: _viewed.where(Participant.user_id == _user, Participant.conversation_id.in_(ids))
)
VIEWED_BY_ALL = Prepared(_viewed.where(Participant.conversation_id == _conversation))

PARTICIPANTS = PreparedFor(
    lambda ids: (
        select(Participant.conversation_id, Participant.last_read_seq, *USER_COLUMNS)
        .select_from(Participant)
        .join(User, User.id == Participant.user_id)
        .where(Participant.conversation_id.in_(ids), Participant.removed_at.is_(None))
        .order_by(Participant.conversation_id, Participant.joined_at, User.id)
    )
)

# --- unread messages

_in_twos = select(UnreadTally.unread).where(UnreadTally.user_id == _user).scalar_subquery()
_in_groups = _with_conversation(func.sum(UNREAD)).where(*_in_group).scalar_subquery()
UNREAD_TOTAL = Prepared(select(func.coalesce(_in_twos, 0) + func.coalesce(_in_groups, 0)))
UNREAD_HERE = Prepared(
    _with_conversation(UNREAD).where(
        Participant.conversation_id == _conversation, Participant.user_id == _user
    )
)

# --- changes after a revision: see app/sync/queries.py

_no: BindParameter[bool] = bindparam("no", False)
_yes: BindParameter[bool] = bindparam("yes", True)


def _moved(flag: BindParameter[bool]) -> AnySelect:
    """Selects conversations of two by the revision of the last message, archived or not."""
    return select(Participant.activity.label("revision"), Participant.conversation_id).where(
        *_in_pair, Participant.archived == flag
    )


# The user's conversations, by the revision of the last change visible to them, without reads. The
# later of a row's two revisions decides in which of two indexes it is searched.
_by_message = [
    page_of_changes(
        _moved(flag).where(Participant.activity >= Participant.revision), Participant.activity
    )
    for flag in (_no, _yes)
]
_by_revision = page_of_changes(
    select(Participant.revision, Participant.conversation_id).where(
        *_in_pair, Participant.revision > Participant.activity
    ),
    Participant.revision,
)
_latest = case(
    (Conversation.revision > Participant.revision, Conversation.revision),
    else_=Participant.revision,
)
_by_group = page_of_changes(
    _with_conversation(_latest.label("revision"), Participant.conversation_id).where(*_in_group),
    _latest,
)
CHANGED = Prepared(merged(*_by_message, _by_revision, _by_group))

# Conversations in which messages can have changed after a revision.
CHANGED_CONVERSATIONS: Subquery = union(
    *(
        select(Participant.conversation_id).where(
            *_in_pair, Participant.archived == flag, Participant.activity > _after
        )
        for flag in (_no, _yes)
    ),
    select(Participant.conversation_id).where(
        Participant.user_id == _user,
        Participant.revision > _after,
        Participant.removed_at.is_(None),
    ),
    _with_conversation(Participant.conversation_id).where(
        *_in_group, Conversation.revision > _after
    ),
).subquery()


def _read_by(whose: Any) -> AnySelect:
    return select(
        whose.read_revision,
        whose.conversation_id,
        whose.user_id,
        whose.last_read_seq,
        whose.last_read_at,
    )


# Read marks in the user's conversations, their own included.
READS = Prepared(
    merged(
        page_of_changes(_read_by(Participant).where(*_in_pair), Participant.read_revision),
        page_of_changes(
            _read_by(Participant).where(Participant.peer_id == _user), Participant.read_revision
        ),
        page_of_changes(
            _read_by(_fellow)
            .select_from(Participant)
            .join(Conversation, Conversation.id == Participant.conversation_id)
            .join(_fellow, _fellow.conversation_id == Participant.conversation_id)
            .where(
                *_in_group,
                Conversation.reads_revision > _after,
                _fellow.peer_id.is_(None),
                _fellow.removed_at.is_(None),
            ),
            _fellow.read_revision,
        ),
    )
)

# Conversations that the user was removed from.
REMOVED = Prepared(
    page_of_changes(
        select(Participant.revision, Participant.conversation_id).where(
            Participant.user_id == _user, Participant.removed_at.is_not(None)
        ),
        Participant.revision,
    )
)
