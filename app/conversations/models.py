"""Conversations and the people in them."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
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
    """

    __tablename__ = "participants"
    __table_args__ = (
        Index("ix_participants_user_id", "user_id", "removed_at", "conversation_id"),
        Index("ix_participants_user_revision", "user_id", "revision"),
        Index("ix_participants_read_revision", "conversation_id", "read_revision"),
    )

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    last_read_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_read_at: Mapped[int | None] = mapped_column(BigInteger)
    unread_skipped: Mapped[int] = mapped_column(BigInteger, default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    muted: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[int] = mapped_column(BigInteger)
    removed_at: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(
        BigInteger
    )  # membership, archived, muted, hidden messages
    read_revision: Mapped[int] = mapped_column(BigInteger, default=0)  # of the read mark
