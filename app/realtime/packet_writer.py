"""Writes encoded packets to clients: each is framed once, however many receive it.

Consecutive packets for one room, whose messages shared a commit, are joined first, so that the room
is iterated once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engineio import packet as eio

from app.transport.websocket.frame_writer import JOIN_FRAMES
from app.transport.websocket.frames import TEXT, encode_frame

if TYPE_CHECKING:
    from app.transport.engineio.session import EngineSession

Members = Mapping[str, "EngineSession"]  # Socket.IO id → Engine.IO session
NO_MEMBERS: Members = {}


class PacketWriter:
    """Writes packets in the order in which they were added; cuts clients that read too slowly."""

    __slots__ = ("_packets", "_to")

    def __init__(self) -> None:
        self._to = NO_MEMBERS
        self._packets: list[bytes] = []

    def add(self, packet: bytes, to: Members) -> None:
        """Adds a packet for a room, identified by its very dictionary. It may wait until
        :meth:`hand_over` for more packets to the same room.
        """
        if to is not self._to or len(self._packets) == JOIN_FRAMES:
            self.hand_over()
            self._to = to
        self._packets.append(packet)

    def hand_over(self) -> None:
        """Writes the packets that wait."""
        packets, to = self._packets, self._to
        if packets:
            self._packets, self._to = [], NO_MEMBERS
            _write(packets, list(to.values()))

    def send(self, packet: bytes, to: Iterable[EngineSession]) -> None:
        """Writes a packet to some sessions, after the packets that wait."""
        if self._packets:
            self.hand_over()
        _write([packet], to)


def _write(packets: list[bytes], to: Iterable[EngineSession]) -> None:
    frames = [encode_frame(TEXT, b"4" + packet) for packet in packets]
    joined = frames[0] if len(frames) == 1 else b"".join(frames)
    for engine_session in to:
        transport = engine_session.transport
        if engine_session.closing:
            continue
        if transport is None:
            _send_by_polling(engine_session, packets)
        elif not transport.write_row(frames, joined):
            engine_session.engine.shed(engine_session.sid)


def _send_by_polling(engine_session: EngineSession, packets: list[bytes]) -> None:
    for packet in packets:
        engine_session.send(eio.Packet(eio.MESSAGE, packet.decode()))
