"""What happens inside the server's process in the tests of sweeping."""

from __future__ import annotations

import os
import time
from typing import Any

from sqlalchemy import Column, MetaData, String, Table

from app.operations.sweeping import sweep_files
from app.store import files, store
from app.store.files import ORPHAN_SECONDS, names_files
from tests.support.commits import Commits

PICTURES = Table("pictures", MetaData(), Column("key", String(32)))


def two_sweeps(_app: Any) -> Any:
    """Names of the files that are left by a sweep before and one after a feature keeps files."""
    store.start(Commits())
    keys = {"named": _old_file(), "orphan": _old_file()}
    store.write(_make_table, keys["named"])
    left = {}
    for when in ("without a feature", "with one"):
        sweep_files()
        there = set(files.all_keys())
        left[when] = sorted(name for name, key in keys.items() if key in there)
        names_files(PICTURES.c.key)
    store.stop()
    return left


def _old_file() -> str:
    key = files.stage()
    path = files.keep(key)
    moment = time.time() - ORPHAN_SECONDS - 60
    os.utime(path, (moment, moment))
    return key


def _make_table(session: Any, key: str) -> tuple[None, list[Any]]:
    PICTURES.create(session.connection())
    session.execute(PICTURES.insert(), [{"key": key}])
    return None, []
