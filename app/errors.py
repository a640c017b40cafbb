"""The one error type, and the error codes of the wire contract.

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
    """A problem with one field of a payload."""

    field: str
    message: str


class PalabreError(Exception):
    """A refusal, reported to the client. ``code`` is a key of ``HTTP_STATUS``."""

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
        """The HTTP status of the code."""
        return HTTP_STATUS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """Returns the ``error`` of an acknowledgement, without the optional keys that have no value."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            body["details"] = self.details
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        return body


def N_(message: str) -> str:
    """Marks a sentence for translation, and returns it; it is translated where the locale is known."""
    return message


def not_found(
    message: str = N_("Not found, or you don't have access."),
) -> PalabreError:
    """Returns the error for a missing object and for one without access, deliberately the same."""
    return PalabreError("not_found", message)


def invalid(field: str, message: str) -> PalabreError:
    """Returns the error for one invalid field of the payload."""
    return PalabreError(
        "invalid_payload",
        N_("Invalid request. Check its fields."),
        [{"field": field, "message": message}],
    )


# The delay before a client retries a change that storage has refused.
UNAVAILABLE_SECONDS = 2


def unavailable() -> PalabreError:
    """Returns the error for a change that storage cannot accept now; nothing was stored."""
    return PalabreError(
        "unavailable",
        N_("Temporarily unavailable. Nothing was saved; try again."),
        None,
        UNAVAILABLE_SECONDS,
    )


def unexpected(error: BaseException) -> PalabreError:
    """Returns the error for an exception of another type: ``unavailable`` storage, or a bug."""
    return unavailable() if isinstance(error, (OperationalError, PoolTimeout)) else internal()


def internal() -> PalabreError:
    """Returns the error for a bug in the server; nothing was stored."""
    return PalabreError("internal", N_("Something went wrong on our side. Nothing was saved."))
