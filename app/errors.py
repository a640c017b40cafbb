"""One error type, and the codes of the wire contract.

Commands and queries raise :class:`PalabreError`; each transport has one translator
(``app/http/rest.py`` to problem+json, ``app/realtime/dispatch.py`` to an acknowledgement,
``app/web`` to a page).
"""

from __future__ import annotations

from typing import Any, TypedDict

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

HTTP_STATUS = {
    "unauthenticated": 401,
    "token_expired": 401,
    "token_revoked": 401,
    "invalid_payload": 422,
    "not_found": 404,
    "forbidden": 403,
    "blocked": 403,
    "conversation_closed": 409,
    "conflict": 409,
    "payload_too_large": 413,
    "rate_limited": 429,
    "unavailable": 503,
    "internal": 500,
}


class FieldError(TypedDict):
    """What is wrong with one field of a payload."""

    field: str
    message: str


class PalabreError(Exception):
    """A refusal that the caller is told about. ``code`` is one of ``HTTP_STATUS``."""

    def __init__(
        self,
        code: str,
        message: str,
        details: list[FieldError] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return HTTP_STATUS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """The ``error`` of an acknowledgement: optional keys only where they say something."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            body["details"] = self.details
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        return body


def N_(message: str) -> str:
    """Mark a sentence for translation; it is translated where a reader is known."""
    return message


def not_found(
    message: str = N_("Not found, or you don't have access."),
) -> PalabreError:
    """Absent, or not the caller's to see: the two are deliberately the same."""
    return PalabreError("not_found", message)


def invalid(field: str, message: str) -> PalabreError:
    """One field of the payload is wrong."""
    return PalabreError(
        "invalid_payload",
        N_("Invalid request. Check its fields."),
        [{"field": field, "message": message}],
    )


# How long to wait before asking again what storage has refused.
UNAVAILABLE_SECONDS = 2


def unavailable() -> PalabreError:
    """Storage cannot accept the change now; nothing was stored."""
    return PalabreError(
        "unavailable",
        N_("Temporarily unavailable. Nothing was saved; try again."),
        None,
        UNAVAILABLE_SECONDS,
    )


def unexpected(error: BaseException) -> PalabreError:
    """What the caller hears of an exception that is not ours: storage is away, or a bug."""
    return unavailable() if isinstance(error, (OperationalError, PoolTimeout)) else internal()


def internal() -> PalabreError:
    """A fault of ours; nothing was stored."""
    return PalabreError("internal", N_("Something went wrong on our side. Nothing was saved."))
