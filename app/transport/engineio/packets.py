"""Engine.IO packets: their frames, their sizes, and the error for those that a client may not send."""

from __future__ import annotations

from typing import Any

from engineio import packet as eio
from engineio.exceptions import EngineIOError

from app.transport.websocket.frames import BINARY, TEXT, encode_frame


class ProtocolError(EngineIOError):  # type: ignore[misc]  # untyped library
    """The client sent something that Engine.IO does not define; its session ends."""


def wire_frame(packet: eio.Packet) -> bytes:
    """Returns the packet as a WebSocket frame, encoded once however many sessions receive it."""
    frame: bytes | None = getattr(packet, "wire_frame", None)
    if frame is None:
        encoded: str | bytes = packet.encode()
        if isinstance(encoded, str):
            frame = encode_frame(TEXT, encoded.encode())
        else:
            frame = encode_frame(BINARY, encoded)
        packet.wire_frame = frame
    return frame


def size_of_packet(packet: Any) -> int:
    """Returns the bytes that an Engine.IO packet takes on the wire."""
    return len(wire_frame(packet))


def is_unsolicited(packet: eio.Packet) -> bool:
    """Whether the client has not requested this packet; Socket.IO's type 3 acknowledges."""
    return packet.packet_type != eio.MESSAGE or packet.data[:1] not in ("3", b"3")
