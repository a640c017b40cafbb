"""The server's half of the WebSocket opening handshake (RFC 6455 §4.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # gunicorn's own process imports this file, without gevent's patches
    from app.transport.websocket.blocking_socket import WebSocket
    from app.transport.websocket.frames import Violation

UPGRADE = "palabre.upgrade"
"""The key of the WSGI environment with an :class:`UpgradableRequest`, set by our worker.

The engine completes the handshake after checking origin and session; gevent-websocket answers 101
before the application is called.
"""


class UpgradableRequest(Protocol):
    """An HTTP request that can become a WebSocket."""

    def accept_websocket(
        self,
        *,
        max_message_size: int,
        send_deadline: float,
        on_violation: Callable[[Violation], None],
    ) -> WebSocket:
        """Turns the request into a WebSocket, or raises :class:`HandshakeRefusedError`."""


NOT_OUR_WORKER = (
    "WebSockets need Palabre's own worker, and this process runs under another one: clients would "
    "stay on long polling. Start it with bin/serve, or with gunicorn and the gunicorn.conf.py of "
    "this folder, and without -k / --worker-class and --preload."
)

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # §1.3
Headers = list[tuple[str, str]]


class HandshakeRefusedError(Exception):
    """The request cannot become a WebSocket; *status* and *headers* are the HTTP answer."""

    def __init__(
        self, message: str, status: str = "400 Bad Request", headers: Headers | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or []


def response_headers(environ: dict[str, Any]) -> Headers:
    """Returns the headers of the 101 answer, or raises :class:`HandshakeRefusedError`.

    No extension is accepted: with permessage-deflate a small frame becomes hundreds of MB.
    """
    if environ.get("SERVER_PROTOCOL") != "HTTP/1.1" or environ.get("REQUEST_METHOD") != "GET":
        raise HandshakeRefusedError("A WebSocket starts with GET and HTTP/1.1")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION", "").strip() != "13":
        raise HandshakeRefusedError(
            "Only WebSocket version 13", "426 Upgrade Required", [("Sec-WebSocket-Version", "13")]
        )
    if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
        raise HandshakeRefusedError("A WebSocket request has no body")
    return [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", _accept(environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip())),
    ]


def _accept(key: str) -> str:
    try:
        nonce = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        nonce = b""
    if len(nonce) != 16:
        raise HandshakeRefusedError("Invalid Sec-WebSocket-Key")
    digest = hashlib.sha1((key + GUID).encode("latin-1"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
