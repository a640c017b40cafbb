"""Removes the files that a crash has left without a row."""

from __future__ import annotations

import gevent
import structlog
from gevent import get_hub

from app.store import files, store
from app.store.files import KEY_COLUMNS, named_in
from app.transport.loop.periodic import every

TOGETHER = 500  # keys in one read

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
    old = sorted(pool.apply(files.old_keys))
    for start in range(0, len(old), TOGETHER):
        some = set(old[start : start + TOGETHER])
        with store.reading() as session:
            orphans = some - named_in(session, some)
        if orphans:
            pool.apply(files.remove_old, (orphans,))
            log.info("orphaned_files_removed", count=len(orphans))
        gevent.sleep(0)  # between two reads the loop serves clients
