"""The statements of sending, reading and changing messages; see ``app/store/prepared.py``.

They are on the hottest paths of the server.
"""

from __future__ import annotations

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    not_,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import aliased

from app.accounts.models import Block, User
from app.conversations.models import Conversation, Participant, UnreadTally
from app.messages.models import HiddenMessage, Message
from app.store.prepared import Prepared, PreparedInsert

_conversation: BindParameter[int] = bindparam("conversation_id")
_user: BindParameter[int] = bindparam("user_id")
_now: BindParameter[int] = bindparam("now")
_revision: BindParameter[int] = bindparam("revision")

_theirs = aliased(Participant)
_me, _peer = Participant.user_id, Participant.peer_id
_blocked = or_(
    exists().where(Block.blocker_id == _me, Block.blocked_id == _peer),
    exists().where(Block.blocker_id == _peer, Block.blocked_id == _me),
)

# The columns of ``SendContext``. No row means no right to write.
SEND_CONTEXT = Prepared(
    select(
        Conversation.kind,
        Conversation.status,
        Conversation.product_id,
        Conversation.last_seq,
        User.name,
        Participant.peer_id,
        _theirs.last_read_seq,
        _theirs.unread_skipped,
        _blocked,
        UnreadTally.unread,
        UnreadTally.group_count,
    )
    .select_from(Participant)
    .join(Conversation, Conversation.id == Participant.conversation_id)
    .join(User, User.id == Participant.user_id)
    .outerjoin(
        _theirs,
        and_(_theirs.conversation_id == Participant.conversation_id, _theirs.user_id == _peer),
    )
    .outerjoin(UnreadTally, UnreadTally.user_id == _peer)
    .where(
        Participant.conversation_id == _conversation,
        Participant.user_id == _user,
        Participant.removed_at.is_(None),
    )
)

SENT_BEFORE = Prepared(
    select(Message.id, Message.conversation_id, Message.body_hash).where(
        Message.sender_id == _user, Message.client_id == bindparam("client_id")
    )
)

# The participants of a group except one.
OTHERS = Prepared(
    select(Participant.user_id).where(
        Participant.conversation_id == _conversation,
        Participant.user_id != _user,
        Participant.removed_at.is_(None),
    )
)

ORIGINAL = Prepared(
    select(Message.conversation_id, Message.sender_id, Message.text).where(
        Message.id == bindparam("message_id")
    )
)

# Stores nothing if the sender has used the client_id before. Both databases accept this SQL;
# SQLAlchemy has a separate construct for each.
STORE = PreparedInsert(
    text(
        "INSERT INTO messages (conversation_id, seq, sender_id, client_id, body_hash, text,"
        " reply_to_id, created_at, revision)"
        " VALUES (:conversation_id, :seq, :user_id, :client_id, :body_hash, :text,"
        " :reply_to_id, :now, :revision)"
        " ON CONFLICT (sender_id, client_id) DO NOTHING"
    )
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

_here = Participant.__table__

# The sender's own message does not count as unread.
SKIP_OWN = Prepared(
    update(_here)  # type: ignore[arg-type]
    .where(
        _here.c.conversation_id == bindparam("in_conversation"),
        _here.c.user_id == bindparam("sender_id"),
    )
    .values(unread_skipped=_here.c.unread_skipped + 1)
)

# In a conversation of two, both rows also get the new ``activity``, which orders their lists.
TOUCH_BOTH = Prepared(
    update(_here)  # type: ignore[arg-type]
    .where(_here.c.conversation_id == bindparam("in_conversation"))
    .values(
        unread_skipped=_here.c.unread_skipped
        + case((_here.c.user_id == bindparam("sender_id"), 1), else_=0),
        activity=_revision,
    )
)


# The columns of ``ReadContext``. No row means no right to read.
READER = Prepared(
    select(
        Conversation.last_seq,
        Participant.last_read_seq,
        Participant.unread_skipped,
        Participant.peer_id,
    )
    .select_from(Participant)
    .join(Conversation, Conversation.id == Participant.conversation_id)
    .where(
        Participant.conversation_id == _conversation,
        Participant.user_id == _user,
        Participant.removed_at.is_(None),
    )
)

MOVE = Prepared(
    update(_here)  # type: ignore[arg-type]
    .where(
        _here.c.conversation_id == bindparam("in_conversation"),
        _here.c.user_id == bindparam("reader_id"),
    )
    .values(
        last_read_seq=bindparam("seq"),
        last_read_at=_now,
        unread_skipped=bindparam("skipped"),
        read_revision=_revision,
    )
)

STAMP_READ = Prepared(
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.__table__.c.id == bindparam("id"))
    .values(reads_revision=_revision)
)

# Messages of a range that never count as unread for a reader: their own, and deleted ones.
NO_NEWS = Prepared(
    select(func.count())
    .select_from(Message)
    .where(
        Message.conversation_id == _conversation,
        Message.seq > bindparam("after"),
        Message.seq <= bindparam("until"),
        or_(
            Message.sender_id == _user,
            Message.deleted_at.is_not(None),
            exists().where(HiddenMessage.user_id == _user, HiddenMessage.message_id == Message.id),
        ),
    )
)

# --- edits and deletions

# The columns of ``Target``. Those of the participant are null for other users.
TARGET = Prepared(
    select(
        Message.id,
        Message.conversation_id,
        Message.seq,
        Message.sender_id,
        Message.text,
        Message.deleted_at,
        Conversation.status,
        User.role,
        Participant.user_id,
        Participant.peer_id,
        Participant.last_read_seq,
        _blocked,
        HiddenMessage.hidden_at,
    )
    .select_from(Message)
    .join(Conversation, Conversation.id == Message.conversation_id)
    .join(User, User.id == _user)
    .outerjoin(
        Participant,
        and_(
            Participant.conversation_id == Message.conversation_id,
            Participant.user_id == _user,
            Participant.removed_at.is_(None),
        ),
    )
    .outerjoin(
        HiddenMessage,
        and_(HiddenMessage.message_id == Message.id, HiddenMessage.user_id == _user),
    )
    .where(Message.id == bindparam("message_id"))
)

_message = Message.__table__
_one = _message.c.id == bindparam("of_message")

EDIT = Prepared(
    update(_message)  # type: ignore[arg-type]
    .where(_one)
    .values(text=bindparam("text"), edited_at=_now, revision=_revision)
)

ERASE = Prepared(
    update(_message)  # type: ignore[arg-type]
    .where(_one)
    .values(text=null(), deleted_at=_now, deleted_by=bindparam("deleter"), revision=_revision)
)

STAMP_CHANGE = Prepared(
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.__table__.c.id == bindparam("id"))
    .values(revision=_revision)
)

# A tombstone does not count as unread. Readers who hid the message have skipped it already.
SKIP_TOMBSTONE = Prepared(
    update(_here)  # type: ignore[arg-type]
    .where(
        _here.c.conversation_id == bindparam("in_conversation"),
        _here.c.last_read_seq < bindparam("before_seq"),
        _here.c.user_id != bindparam("sender_id"),
        not_(
            exists().where(
                HiddenMessage.user_id == _here.c.user_id,
                HiddenMessage.message_id == bindparam("message_id"),
            )
        ),
    )
    .values(unread_skipped=_here.c.unread_skipped + 1)
    .returning(_here.c.user_id, _here.c.peer_id)
)

HIDE = Prepared(
    insert(HiddenMessage.__table__).values(  # type: ignore[arg-type]
        user_id=_user,
        message_id=bindparam("message_id"),
        conversation_id=_conversation,
        seq=bindparam("seq"),
        hidden_at=_now,
        revision=_revision,
    )
)

SKIP_HIDDEN = Prepared(
    update(_here)  # type: ignore[arg-type]
    .where(
        _here.c.conversation_id == bindparam("in_conversation"),
        _here.c.user_id == bindparam("reader_id"),
    )
    .values(unread_skipped=_here.c.unread_skipped + bindparam("skipped"), revision=_revision)
)
