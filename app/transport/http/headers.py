"""The header block of an HTTP request (RFC 9112 §5), read within limits and parsed strictly.

pywsgi uses the standard library's e-mail parser, which stops at a malformed name and drops every
header after it. That parser is also slow.
"""

from __future__ import annotations

import re
from typing import Any

from gevent.pywsgi import OldMessage

MAX_BYTES = 32 * 1024
MAX_LINES = 100

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token: RFC 9110 §5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # forbidden in values: RFC 9110 §5.5


class BadRequestError(ValueError):
    """An invalid request head; *status* is the answer."""

    def __init__(self, message: str, status: str = "400 Bad Request") -> None:
        super().__init__(message)
        self.status = status


def read_headers(rfile: Any) -> OldMessage:
    """Returns the headers, up to and including the empty line. Raises :class:`BadRequestError`."""
    headers, left = OldMessage(), MAX_BYTES
    for _ in range(MAX_LINES):
        line: bytes = rfile.readline(left + 1)
        left -= len(line)
        if left < 0:
            break
        if line in (b"\r\n", b"\n"):
            _check_framing(headers)
            return headers
        if not line.endswith(b"\n"):
            raise BadRequestError("connection closed within the headers")
        name, value = _field(line)
        headers[name] = value
    raise BadRequestError("headers too large", "431 Request Header Fields Too Large")


def _field(line: bytes) -> tuple[str, str]:
    """Returns name and value of a field line; folding (§5.2) and space before the colon (§5.1) fail."""
    name, colon, value = line.decode("latin-1").partition(":")
    value = value.removesuffix("\n").removesuffix("\r").strip(" \t")
    if not colon or not _NAME.fullmatch(name) or _CONTROL.search(value):
        raise BadRequestError("malformed header")
    return name, value


def _check_framing(headers: OldMessage) -> None:
    """Refuses framing that two servers could parse differently (RFC 9112 §6.3, §11.2)."""
    lengths = headers.get_all("content-length", [])
    codings = headers.get_all("transfer-encoding", [])
    if (lengths and codings) or len(lengths) > 1 or len(codings) > 1:
        raise BadRequestError("ambiguous body length")
    if any(not (length.isascii() and length.isdigit()) for length in lengths):
        raise BadRequestError("invalid Content-Length")
    if any(coding.lower() != "chunked" for coding in codings):
        raise BadRequestError("unknown transfer coding", "501 Not Implemented")
