"""Contact requests from one user to another."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables import Model
from app.store.types import BigId

_PENDING = text("status = 'pending'")


class ContactRequest(Model):
    """A contact request. Never removed, even when answered or cancelled."""

    __tablename__ = "contact_requests"
    __table_args__ = (
        # At most one pending request per sender and recipient.
        Index(
            "uq_contact_requests_pending", "sender_id", "recipient_id",
            unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING,
        ),
        Index("ix_contact_requests_sender_id_revision", "sender_id", "revision"),
        Index("ix_contact_requests_recipient_id_revision", "recipient_id", "revision"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    message: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="pending")
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    revision: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)
