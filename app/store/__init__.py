"""Persistent storage: one writer thread, and read-only connections for everything else."""

from __future__ import annotations

from app.store.files import Files
from app.store.session import WriteSession
from app.store.store import Store
from app.store.writer.jobs import Job

__all__ = ["Job", "WriteSession", "files", "store"]

store = Store()
files = Files()
