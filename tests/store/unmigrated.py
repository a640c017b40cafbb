"""The application with a model that no migration has made a table for."""

from __future__ import annotations

from wsgi import app  # first: it patches for gevent

from sqlalchemy.orm import Mapped, mapped_column  # isort: skip

from app.store.tables import Model  # isort: skip


class Unmigrated(Model):
    """A table that is not there."""

    __tablename__ = "unmigrated"

    id: Mapped[int] = mapped_column(primary_key=True)


__all__ = ["app"]
