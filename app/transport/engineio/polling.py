"""What an Engine.IO HTTP request may look like, looked at before anything acts upon it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from engineio.exceptions import EngineIOError
from werkzeug.exceptions import ClientDisconnected

if TYPE_CHECKING:
    from app.transport.engineio.engine import Engine

SEPARATOR = "\x1e"
ALLOWED_IN_POST = frozenset("134b")
"""close, pong, message, and a message in base64; the rest is never a client's to post."""


class ProtocolError(EngineIOError):  # type: ignore[misc]  # untyped library
    """The client sent something Engine.IO does not know; its session ends."""


def wants_upgrade(environ: dict[str, Any]) -> bool:
    """Whether the request asks to become a WebSocket (RFC 6455 §4.2.1)."""
    options = [option.strip() for option in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    return "upgrade" in options and environ.get("HTTP_UPGRADE", "").lower() == "websocket"


def asks_for_jsonp(environ: dict[str, Any]) -> bool:
    """JSONP, gone from Engine.IO 4's clients: any page could read a person's messages with it."""
    return "j" in parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)


def read_packets(environ: dict[str, Any], limit: int, server: Engine) -> Iterator[str | bytes]:
    """The packets of a POST of at most *limit* bytes, once all of them have passed.

    Raises :class:`ProtocolError`.
    """
    encoded = _read_body(environ, limit, server).split(SEPARATOR)
    if len(encoded) > server.max_packets_per_post:
        raise ProtocolError("too many packets in one post")
    if any(packet[:1] not in ALLOWED_IN_POST for packet in encoded) or "" in encoded:
        raise ProtocolError("a packet type that does not belong in a post")
    return map(_from_base64, encoded)


def _read_body(environ: dict[str, Any], limit: int, server: Engine) -> str:
    try:
        body: bytes = environ["wsgi.input"].read(limit + 1)  # whatever length it announced
        text = body.decode("utf-8")
    except (ValueError, OSError, ClientDisconnected):
        raise ProtocolError("unreadable post") from None
    if len(body) > limit:
        server.stats.oversize_messages += 1
        raise ProtocolError("post too big")
    return text


def _from_base64(packet: str) -> str | bytes:
    if packet[0] != "b":
        return packet
    try:
        return base64.b64decode(packet[1:], validate=True)
    except ValueError:  # binascii.Error, or what is not even ASCII
        raise ProtocolError("bad base64") from None
