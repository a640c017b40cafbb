"""What goes out on the wire: every object, in the snake_case shape of ``/`` and REST.

Views build plain dicts, because validating each message on its way out would cost more than
building it. These models say what those dicts are: OpenAPI, the catalogue of events and the
TypeScript types come from them, and the tests hold what the running server sends against them,
field by field. ``/talemy`` carries the same objects with camelCase keys.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.contract.inputs import MAX_INTEGER

Id = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Revision = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
# ISO 8601 in UTC, milliseconds always there: texts of this form sort as the moments do.
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        json_schema_extra={"format": "date-time"},
    ),
]


def left_out() -> Any:
    """The default of a key that is absent, rather than null, when there is nothing to say."""
    return None


class Output(BaseModel):
    """An object on the wire: exactly these keys, exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Nothing(Output):
    """An answer without content."""


# --- errors -------------------------------------------------------------------------------------


class FieldProblem(Output):
    """What is wrong with one field."""

    field: str
    """Its name, as this namespace writes it; a path with points inside lists; ``payload`` for the whole."""
    message: str


Code = Literal[
    "unauthenticated",
    "token_expired",
    "token_revoked",
    "invalid_payload",
    "not_found",
    "forbidden",
    "blocked",
    "conversation_closed",
    "conflict",
    "payload_too_large",
    "rate_limited",
    "unavailable",
    "internal",
]


class Error(Output):
    """Why something was refused: the ``error`` of an acknowledgement."""

    code: Code
    """For programs."""
    message: str
    """For people, and for logs."""
    details: list[FieldProblem] = Field(default_factory=left_out)
    """With ``invalid_payload``; absent otherwise."""
    retry_after: Annotated[int, Field(ge=1)] = Field(default_factory=left_out)
    """Seconds, with ``rate_limited`` and ``unavailable``; absent otherwise."""


class Problem(Error):
    """The same over HTTP: RFC 9457, ``application/problem+json``."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
