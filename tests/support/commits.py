"""Stands in for the publisher where a test starts the store without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.store.writer.jobs import Batch, CommitListener


class Commits(CommitListener):
    """Calls a function with every commit, or does nothing."""

    def __init__(self, call: Callable[[Batch], Any] = lambda _batch: None) -> None:
        self._call = call

    def publish_batch(self, batch: Batch) -> None:
        """Hands a commit to the function."""
        self._call(batch)
