"""The limits and clocks that all sessions of an engine share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineTerms:
    """Limits in bytes or counts, clocks in seconds; :class:`.engine.Engine` explains each."""

    ping_interval: float
    ping_timeout: float
    connect_deadline: float
    upgrade_deadline: float
    send_deadline: float
    close_grace: float
    max_message_bytes: int
    max_packets_per_post: int
    max_queued_messages: int
    max_queued_bytes: int
    on_watchers: bool  # WebSockets are served by watchers of the event loop, not by greenlets

    @property
    def poll_seconds(self) -> float:
        """How long a poll may wait for a packet: until the ping after next would be late."""
        return self.ping_interval + self.ping_timeout

    @property
    def sweep_seconds(self) -> float:
        """How often every session compares its clocks with the present time."""
        shortest = min(self.ping_interval, self.ping_timeout, self.connect_deadline)
        return min(1.0, shortest / 5)

    @property
    def write_limits(self) -> tuple[int, int, float]:
        """The bounds of a WebSocket's write buffer: frames, bytes, and seconds of a stall."""
        return self.max_queued_messages, self.max_queued_bytes, self.send_deadline
