"""Checks of Engine.IO HTTP requests, made before anything acts on them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from werkzeug.exceptions import ClientDisconnected

from app.transport.engineio.packets import ProtocolError
from app.transport.engineio.stats import TransportStats

SEPARATOR = "\x1e"
ALLOWED_IN_POST = frozenset("134b")
"""close, pong, message, and a message in base64; a client posts no other packet type."""


Environ = dict[str, Any]  # of WSGI


def wants_upgrade(environ: Environ) -> bool:
    """Whether the request asks to become a WebSocket (RFC 6455 §4.2.1)."""
    options = [option.strip() for option in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    return "upgrade" in options and environ.get("HTTP_UPGRADE", "").lower() == "websocket"


def asks_for_jsonp(environ: Environ) -> bool:
    """Whether the request asks for JSONP, with which any page could read a user's messages.

    Engine.IO 4's own clients no longer use it.
    """
    return "j" in parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)


def read_packets(
    environ: Environ, max_bytes: int, max_packets: int, stats: TransportStats
) -> Iterator[str | bytes]:
    """Returns the packets of a POST, once all of them have passed the checks.

    Raises :class:`ProtocolError`; a body of more than *max_bytes* is counted as oversize.
    """
    encoded = _read_body(environ, max_bytes, stats).split(SEPARATOR)
    if len(encoded) > max_packets:
        raise ProtocolError("too many packets in one post")
    if any(packet[:1] not in ALLOWED_IN_POST for packet in encoded) or "" in encoded:
        raise ProtocolError("a packet type that does not belong in a post")
    return map(_from_base64, encoded)


def _read_body(environ: Environ, max_bytes: int, stats: TransportStats) -> str:
    try:
        body: bytes = environ["wsgi.input"].read(max_bytes + 1)  # the announced length is ignored
        text = body.decode("utf-8")
    except (ValueError, OSError, ClientDisconnected):
        raise ProtocolError("unreadable post") from None
    if len(body) > max_bytes:
        stats.oversize_messages += 1
        raise ProtocolError("post too big")
    return text


def _from_base64(packet: str) -> str | bytes:
    if packet[0] != "b":
        return packet
    try:
        return base64.b64decode(packet[1:], validate=True)
    except ValueError:  # binascii.Error, or characters beyond ASCII
        raise ProtocolError("bad base64") from None
