"""Conversations and the people in them."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables import Model
from app.store.types import BigId


class Conversation(Model):
    """A conversation bound to a product, a lesson, a pair of people, or a group."""

    __tablename__ = "conversations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str | None] = mapped_column(String(120))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # "product:9:3", "direct:2:3", "lesson:4": what there may be only one of. Empty for groups.
    unique_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(16), default="open")
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_message_id: Mapped[int | None] = mapped_column(BigInteger)
    activity: Mapped[int] = mapped_column(BigInteger)  # revision of the opening or the last message
    revision: Mapped[int] = mapped_column(BigInteger)  # of the last change, read marks apart
    reads_revision: Mapped[int] = mapped_column(BigInteger, default=0)  # of the last read mark
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class Participant(Model):
    """Someone in a conversation, and their own view of it.

    ``unread_count`` is never counted: it is ``last_seq - last_read_seq - unread_skipped``, where
    ``unread_skipped`` are the messages after the read mark that are no news to this person (their
    own, and deleted ones).

    Where there are two, each row names the other (``peer_id``) and repeats what lists and
    synchronisation search by, so that one index range answers them: ``activity`` is that of the
    conversation, and ``revision`` moves with every change that ``activity`` does not show. A group's
    rows do neither, or a message to a thousand people would change a thousand rows: groups are read
    from the conversation.
    """

    __tablename__ = "participants"
    __table_args__ = (
        Index("ix_participants_user_peer", "user_id", "peer_id"),
        Index("ix_participants_user_revision", "user_id", "revision"),
        Index("ix_participants_user_read", "user_id", "read_revision"),
        Index("ix_participants_peer_read", "peer_id", "read_revision"),
        Index(
            "ix_participants_activity", "user_id", "archived", "activity",
            sqlite_where=text("peer_id IS NOT NULL"),
            postgresql_where=text("peer_id IS NOT NULL"),
        ),
        Index(
            "ix_participants_group_read", "conversation_id", "read_revision",
            sqlite_where=text("peer_id IS NULL"),
            postgresql_where=text("peer_id IS NULL"),
        ),
    )  # fmt: skip

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    peer_id: Mapped[int | None] = mapped_column(BigInteger)  # the other of two; none in a group
    activity: Mapped[int | None] = mapped_column(
        BigInteger
    )  # as the conversation's; none in a group
    last_read_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_read_at: Mapped[int | None] = mapped_column(BigInteger)
    unread_skipped: Mapped[int] = mapped_column(BigInteger, default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    muted: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[int] = mapped_column(BigInteger)
    removed_at: Mapped[int | None] = mapped_column(BigInteger)
    # Membership, archived, muted, hidden messages; of two people, see above.
    revision: Mapped[int] = mapped_column(BigInteger)
    read_revision: Mapped[int] = mapped_column(BigInteger, default=0)  # of the read mark


class UnreadTally(Model):
    """What somebody has not read in all their conversations of two together, and how many groups
    they are in, whose unread messages are summed when somebody asks. No row means nothing of both.
    """

    __tablename__ = "unread_tallies"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), primary_key=True, autoincrement=False
    )
    unread: Mapped[int] = mapped_column(BigInteger, default=0)
    group_count: Mapped[int] = mapped_column(BigInteger, default=0)
