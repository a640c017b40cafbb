"""``flask restore``: restores a backup on SQLite, or renumbers a restored database on either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.accounts.models import User
from app.conversations.cache import lists
from app.store import files, store
from app.store.copies.files import bring_files, keep_files
from app.store.copies.restore import (
    RestoreError,
    make_new,
    make_new_on_postgresql,
    restore_database,
)
from config import Settings

READ_ANEW = "Every client will read everything again."


def restore(settings: Settings, copy: Path | None) -> Iterator[str]:
    """Restores a copy, or renumbers a database that was restored already if ``copy`` is ``None``.

    Yields a sentence for the operator after each step. Raises
    :class:`~app.store.copies.restore.RestoreError`.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        if copy is not None:
            raise RestoreError("This is a PostgreSQL database. Use pg_restore, then --in-place.")
        count = make_new_on_postgresql(settings.database_url)
        _forget_lists(settings)
        yield f"Renumbered {count:,} revisions. {READ_ANEW}"
    elif copy is None:
        count = make_new(Path(url.database), _known_versions())
        yield f"Renumbered {count:,} revisions. {READ_ANEW}"
    else:
        yield from _put_back(copy, Path(url.database))


def _put_back(copy: Path, database: Path) -> Iterator[str]:
    brought: list[int] = []
    moved = restore_database(
        copy,
        database,
        _known_versions(),
        before_moving=lambda: brought.append(bring_files(copy, files)),
    )
    if moved is not None:
        yield f"The previous database is now {moved}."
        keep_files(moved, files)
    if sum(brought):
        yield f"Files restored: {sum(brought):,}."
    yield f"Restored {copy}. {READ_ANEW}"


def _forget_lists(settings: Settings) -> None:
    """Empties the cached lists in Redis, which outlive the servers."""
    if settings.redis_url is not None:
        lists.bind(settings.redis_url)
        with store.reading() as session:
            lists.forget(set(session.scalars(select(User.id))))


def _known_versions() -> set[str]:
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    return {script.revision for script in scripts.walk_revisions()}
