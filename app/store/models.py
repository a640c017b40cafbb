"""The revision counter and the gaps in it."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables import Model
from app.store.types import BigId


class RevisionCounter(Model):
    """The revision of the last committed change, in the table's only row."""

    __tablename__ = "revision_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)


class RevisionGap(Model):
    """Revisions that this database never issued: ``before < revision < after``.

    Each start of the server advances the counter to the current time in microseconds. A cursor in a
    gap comes from a history that this database does not hold, for example from before a backup was
    restored. It cannot be served (docs/decisions/0001).
    """

    __tablename__ = "revision_gap"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    before: Mapped[int] = mapped_column(BigInteger, unique=True)  # last revision before the gap
    after: Mapped[int] = mapped_column(BigInteger)  # first revision that may be issued after it
