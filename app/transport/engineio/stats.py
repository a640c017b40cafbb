"""Counters of the transport, for the metrics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class TransportStats:
    """Counters that only grow; each becomes ``palabre_transport_<name>``."""

    connections_opened: int = 0
    slow_consumers: int = 0
    oversize_messages: int = 0
    protocol_errors: int = 0
    malformed_packets: int = 0
    never_joined: int = 0
    ping_timeouts: int = 0
