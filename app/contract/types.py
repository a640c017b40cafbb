"""Models of the objects on the wire, in the snake_case shape of ``/`` and REST.

Views build plain dicts, because validating each outgoing message would cost more than building it
(docs/decisions/0007). These models describe the dicts. OpenAPI, the catalogue of events and the
TypeScript types are generated from them, and tests compare them with the running server's output
field by field. ``/talemy`` carries the same objects with camelCase keys.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.contract.inputs import MAX_INTEGER

Id = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Revision = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
# ISO 8601 in UTC, always with milliseconds, so that the strings sort by time.
Moment = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        json_schema_extra={"format": "date-time"},
    ),
]


def left_out() -> Any:
    """Returns ``None``: the default of a key that is absent, rather than null, without a value."""
    return None


class Output(BaseModel):
    """An object on the wire, with exactly these keys and types."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Nothing(Output):
    """An empty response."""


# --- errors -------------------------------------------------------------------------------------


class FieldProblem(Output):
    """A problem with one field of a payload."""

    field: str
    """The field's name in this namespace; inside a list a dotted path; ``payload`` for the whole."""
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
    """The reason for a refusal: the ``error`` of an acknowledgement."""

    code: Code
    """For programs."""
    message: str
    """For users and for logs."""
    details: list[FieldProblem] = Field(default_factory=left_out)
    """With ``invalid_payload``; absent otherwise."""
    retry_after: Annotated[int, Field(ge=1)] = Field(default_factory=left_out)
    """Seconds, with ``rate_limited`` and ``unavailable``; absent otherwise."""


class Problem(Error):
    """An error over HTTP: RFC 9457, ``application/problem+json``."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
