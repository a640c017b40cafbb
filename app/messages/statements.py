"""The statements of sending, the hottest path there is; see ``app/store/prepared.py``."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, func, insert, select, update

from app.accounts.models import Block, User
from app.conversations.models import Conversation, Participant
from app.messages.models import Message
from app.store.prepared import Prepared

_conversation: BindParameter[int] = bindparam("conversation_id")
_user: BindParameter[int] = bindparam("user_id")
_now: BindParameter[int] = bindparam("now")
_revision: BindParameter[int] = bindparam("revision")

# What a sender needs to know of a conversation they belong to: no row, no right to write.
PLACE = Prepared(
    select(
        Conversation.kind,
        Conversation.status,
        Conversation.product_id,
        Conversation.last_seq,
        User.name,
    )
    .join(Participant, Participant.conversation_id == Conversation.id)
    .join(User, User.id == Participant.user_id)
    .where(
        Conversation.id == _conversation,
        Participant.user_id == _user,
        Participant.removed_at.is_(None),
    )
)

SENT_BEFORE = Prepared(
    select(Message.id, Message.conversation_id, Message.body_hash).where(
        Message.sender_id == _user, Message.client_id == bindparam("client_id")
    )
)

OTHERS = Prepared(
    select(Participant.user_id, Participant.last_read_seq, Participant.unread_skipped).where(
        Participant.conversation_id == _conversation,
        Participant.user_id != _user,
        Participant.removed_at.is_(None),
    )
)

BLOCKED = Prepared(
    select(Block.blocker_id).where(
        Block.blocker_id.in_([_user, bindparam("other_id")]),
        Block.blocked_id.in_([_user, bindparam("other_id")]),
    )
)

ORIGINAL = Prepared(
    select(Message.conversation_id, Message.sender_id, Message.text).where(
        Message.id == bindparam("message_id")
    )
)

STORE = Prepared(
    insert(Message.__table__)  # type: ignore[arg-type]
    .values(
        conversation_id=_conversation,
        seq=bindparam("seq"),
        sender_id=_user,
        client_id=bindparam("client_id"),
        body_hash=bindparam("body_hash"),
        text=bindparam("text"),
        reply_to_id=bindparam("reply_to_id"),
        created_at=_now,
        revision=_revision,
    )
    .returning(Message.__table__.c.id)
)

ADVANCE = Prepared(
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.__table__.c.id == bindparam("id"))
    .values(
        last_seq=bindparam("seq"),
        last_message_id=bindparam("message_id"),
        activity=_revision,
        revision=_revision,
        updated_at=_now,
    )
)

# One's own message is no news.
SKIP_OWN = Prepared(
    update(Participant.__table__)  # type: ignore[arg-type]
    .where(
        Participant.__table__.c.conversation_id == bindparam("in_conversation"),
        Participant.__table__.c.user_id == bindparam("sender_id"),
    )
    .values(unread_skipped=Participant.__table__.c.unread_skipped + 1)
)

_there = Participant.__table__.alias("there")

# What everybody else in the conversation has not read, in all of theirs together.
TOTALS = Prepared(
    select(
        Participant.user_id,
        func.sum(Conversation.last_seq - Participant.last_read_seq - Participant.unread_skipped),
    )
    .join(Conversation, Conversation.id == Participant.conversation_id)
    .where(
        Participant.user_id.in_(
            select(_there.c.user_id).where(
                _there.c.conversation_id == _conversation,
                _there.c.removed_at.is_(None),
                _there.c.user_id != _user,
            )
        ),
        Participant.removed_at.is_(None),
    )
    .group_by(Participant.user_id)
)
