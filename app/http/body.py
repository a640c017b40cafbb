"""The maximum body of a request, set per blueprint."""

from __future__ import annotations

from flask import request
from flask_babel import gettext

from app.errors import PalabreError

MAX_BODY_BYTES = 64 * 1024


def limit_body(max_bytes: int) -> None:
    """Accepts a body of up to ``max_bytes``; raises ``payload_too_large``.

    An announced length is checked when the body is read. A chunked body announces none, and
    werkzeug would silently truncate it at the limit.
    """
    request.max_content_length = max_bytes
    if "Transfer-Encoding" in request.headers and len(request.get_data()) >= max_bytes:
        raise PalabreError(
            "payload_too_large",
            gettext(
                "The request is too large. Send at most %(kilobytes)s KB.",
                kilobytes=max_bytes // 1024,
            ),
        )
