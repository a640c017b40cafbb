"""Removes the files that a crash has left without a row."""

from __future__ import annotations

import structlog
from gevent import get_hub

from app.store import files, store
from app.store.files import KEY_COLUMNS, named_in
from app.transport.loop.periodic import every

log = structlog.get_logger(__name__)


@every(3600, at_start=True)
def sweep_files() -> None:
    """Removes old files that no row names, in the thread pool.

    Without a feature that keeps files nothing says which are named, so all of them stay: an older
    version may have been started on the data of a newer one.
    """
    if not KEY_COLUMNS:
        return
    pool = get_hub().threadpool
    old = pool.apply(files.old_keys)
    with store.reading() as session:
        orphans = old - named_in(session, old)
    pool.apply(files.remove_all, (orphans,))
    if orphans:
        log.info("orphaned_files_removed", count=len(orphans))
