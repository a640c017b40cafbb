"""Encoded packets on their way to connections: framed once, however many they go to.

What is said to one room in a row, because several messages shared a commit, is joined first: the
room is walked through once for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from engineio import packet as eio

from app.transport.websocket.frame_writer import JOIN_FRAMES
from app.transport.websocket.frames import TEXT, encode_frame

if TYPE_CHECKING:
    from app.transport.engineio.session import EngineSession

Recipients = Mapping[str, "EngineSession"]  # by Socket.IO id
NOBODY: Recipients = {}


class PacketWriter:
    """Hands packets over in the order in which they were added.

    :param shed: called with a connection that has not read for too long.
    """

    __slots__ = ("_packets", "_shed", "_to")

    def __init__(self, shed: Callable[[EngineSession], None]) -> None:
        self._shed = shed
        self._to = NOBODY
        self._packets: list[bytes] = []

    def add(self, packet: bytes, to: Recipients) -> None:
        """A packet for a room, which is named by its very dictionary; it may wait for more to the
        same until :meth:`hand_over`.
        """
        if to is not self._to or len(self._packets) == JOIN_FRAMES:
            self.hand_over()
            self._to = to
        self._packets.append(packet)

    def hand_over(self) -> None:
        """Hand over what waits, now."""
        packets, to = self._packets, self._to
        if packets:
            self._packets, self._to = [], NOBODY
            self._give(packets, list(to.values()))

    def send(self, packet: bytes, to: Iterable[EngineSession]) -> None:
        """A packet for some connections, behind what waits."""
        if self._packets:
            self.hand_over()
        self._give([packet], to)

    def _give(self, packets: list[bytes], to: Iterable[EngineSession]) -> None:
        frames = [encode_frame(TEXT, b"4" + packet) for packet in packets]
        joined = frames[0] if len(frames) == 1 else b"".join(frames)
        for socket in to:
            transport = socket.transport
            if socket.closing:
                continue
            if transport is None:
                _send_by_polling(socket, packets)
            elif not transport.write_row(frames, joined):
                self._shed(socket)


def _send_by_polling(socket: EngineSession, packets: list[bytes]) -> None:
    for packet in packets:
        socket.send(eio.Packet(eio.MESSAGE, packet.decode()))
