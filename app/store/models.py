"""The revision counter and the gaps in it."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables import Model
from app.store.types import BigId


class RevisionCounter(Model):
    """One row: the revision of the last committed change."""

    __tablename__ = "revision_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)


class RevisionGap(Model):
    """Revisions that this database never issued: ``before < revision < after``.

    Each start of the server jumps the counter to the current time in microseconds. A cursor that
    falls into a gap was issued by a history that this database does not hold (it was restored
    from a backup, or it is another database), and cannot be served.
    """

    __tablename__ = "revision_gap"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    before: Mapped[int] = mapped_column(BigInteger, unique=True)  # last revision issued before
    after: Mapped[int] = mapped_column(BigInteger)  # first one that may be issued after
