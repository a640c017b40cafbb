"""Tables of conversations and their participants."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables import Model
from app.store.types import BigId


class Conversation(Model):
    """A conversation about a product or a lesson, between two people, or of a group."""

    __tablename__ = "conversations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str | None] = mapped_column(String(120))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # "product:9:3", "direct:2:3", "lesson:4": only one such conversation may exist. Null in groups.
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
    """A participant of a conversation, and their own view of it.

    ``unread_count`` is never counted: it is ``last_seq - last_read_seq - unread_skipped``.
    ``unread_skipped`` is the number of messages after the read mark that do not count as unread:
    the participant's own, and deleted ones.

    In a conversation of two, each row names the other participant (``peer_id``). It also repeats
    the columns that lists and synchronisation search by, so that one index range answers them.
    ``activity`` is that of the conversation; ``revision`` moves with every other change. The rows
    of a group do neither: a message to 1,000 participants would change 1,000 rows. Groups are read
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
    peer_id: Mapped[int | None] = mapped_column(BigInteger)  # the other of two; null in a group
    activity: Mapped[int | None] = mapped_column(BigInteger)  # the conversation's; null in a group
    last_read_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_read_at: Mapped[int | None] = mapped_column(BigInteger)
    unread_skipped: Mapped[int] = mapped_column(BigInteger, default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    muted: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[int] = mapped_column(BigInteger)
    removed_at: Mapped[int | None] = mapped_column(BigInteger)
    # Of membership, archived, muted, hidden messages; in a conversation of two, see above.
    revision: Mapped[int] = mapped_column(BigInteger)
    read_revision: Mapped[int] = mapped_column(BigInteger, default=0)  # of the read mark


class UnreadTally(Model):
    """A user's unread messages in all conversations of two, and the number of their groups.

    The unread messages of groups are summed on request. No row means 0 for both.
    """

    __tablename__ = "unread_tallies"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), primary_key=True, autoincrement=False
    )
    unread: Mapped[int] = mapped_column(BigInteger, default=0)
    group_count: Mapped[int] = mapped_column(BigInteger, default=0)
