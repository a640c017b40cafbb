"""The application with a table whose rows name files, as a feature would bring it."""

from __future__ import annotations

from wsgi import app  # first: it patches for gevent

from sqlalchemy import Column, MetaData, String, Table  # isort: skip

from app.store.files import names_files  # isort: skip

names_files(Table("pictures", MetaData(), Column("key", String(32))).c.key)

__all__ = ["app"]
