"""What a slow reader has not taken yet."""

from __future__ import annotations

from collections import deque
from typing import Any


class WriteBuffer:
    """What a slow reader has not taken yet, and the watcher that waits for it to read."""

    __slots__ = ("bytes", "chunks", "deadline", "watcher")

    def __init__(self, rest: bytes, watcher: Any, deadline: float) -> None:
        self.chunks = deque((rest,))
        self.bytes = len(rest)
        self.watcher = watcher
        self.deadline = deadline

    def push(self, frame: bytes) -> None:
        """Queue a frame."""
        self.chunks.append(frame)
        self.bytes += len(frame)

    def forget_unsent(self) -> None:
        """Drop all but what may have been sent in part."""
        first = self.chunks[0]
        self.chunks = deque((first,))
        self.bytes = len(first)

    def shift(self, sent: int) -> None:
        """*sent* bytes have left."""
        self.bytes -= sent
        while sent:
            first = self.chunks.popleft()
            if sent < len(first):
                self.chunks.appendleft(first[sent:])
                return
            sent -= len(first)
