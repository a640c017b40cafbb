"""Building blocks of every input schema, shared by REST, sockets and page forms."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from app.errors import FieldError

# The largest integer that JavaScript, JSON and both databases represent exactly.
MAX_INTEGER = 2**53 - 1


class Input(BaseModel):
    """A JSON payload with exact types and no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Parameters(BaseModel):
    """Path and query parameters: text that must parse as the declared type, no unknown names."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def model_json_schema(cls, *how: Any, **options: Any) -> dict[str, Any]:
        """Returns the JSON schema, cached: flask-openapi3 requests it with every HTTP request."""
        if how or options:
            return super().model_json_schema(*how, **options)
        return _schema_of(cls)


@cache
def _schema_of(model: type[Parameters]) -> dict[str, Any]:
    return model.model_json_schema(mode="validation")


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def clean(text: str) -> str:
    """Returns the text. Raises ``ValueError`` if it contains NUL, which PostgreSQL cannot store."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


Id = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
ClientId = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
MessageText = Annotated[str, Field(min_length=1, max_length=8000), AfterValidator(_printable)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_printable),
]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_printable),
]
Note = Annotated[str, Field(max_length=1000), AfterValidator(clean)]
Search = Annotated[str, Field(max_length=80), AfterValidator(clean)]
LongText = Annotated[str, Field(max_length=8000), AfterValidator(clean)]


class ById(Parameters):
    """``/…/{id}``."""

    id: Id


class PageQuery(Parameters):
    """``?limit=&cursor=``. A cursor is opaque: clients take it from ``next_cursor``."""

    limit: Annotated[int, Field(ge=1, le=100)] = 30
    # Every cursor is a row id or a revision. Longer numbers would overflow the column.
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None

    @property
    def position(self) -> int | None:
        """The cursor as a number; ``None`` for the first page."""
        return None if self.cursor is None else int(self.cursor)


def field_problems(error: ValidationError) -> list[FieldError]:
    """Returns pydantic's errors as ``details``: at most 20, without any part of the input values."""
    return [
        {
            "field": ".".join(str(part)[:64] for part in problem["loc"]) or "payload",
            "message": problem["msg"],
        }
        for problem in error.errors(include_url=False, include_context=False, include_input=False)[
            :20
        ]
    ]
