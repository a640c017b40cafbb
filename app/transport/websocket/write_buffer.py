"""Frames that the kernel has not accepted yet, because their reader is slow."""

from __future__ import annotations

from collections import deque
from typing import Any


class WriteBuffer:
    """Unsent frames of one connection, and the watcher that reports when it is writable."""

    __slots__ = ("bytes", "chunks", "deadline", "watcher")

    def __init__(self, rest: bytes, watcher: Any, deadline: float) -> None:
        self.chunks = deque((rest,))
        self.bytes = len(rest)
        self.watcher = watcher
        self.deadline = deadline

    def push(self, frame: bytes) -> None:
        """Queues a frame."""
        self.chunks.append(frame)
        self.bytes += len(frame)

    def forget_unsent(self) -> None:
        """Drops all frames but the first, which may have been sent in part."""
        first = self.chunks[0]
        self.chunks = deque((first,))
        self.bytes = len(first)

    def shift(self, sent: int) -> None:
        """Removes *sent* bytes from the front."""
        self.bytes -= sent
        while sent:
            first = self.chunks.popleft()
            if sent < len(first):
                self.chunks.appendleft(first[sent:])
                return
            sent -= len(first)
