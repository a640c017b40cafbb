"""Input models of lessons."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.contract.inputs import Id, Input, PageQuery, Title

Status = Literal["scheduled", "confirmed", "completed", "cancelled"]

# datetime.fromisoformat alone would accept weeks, bare dates and any separator.
_ISO_8601 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 12, 31, tzinfo=UTC)


def _milliseconds(text: Any) -> int:
    """Returns unix milliseconds for ``"2026-11-21T10:30:00+01:00"`` and the like."""
    if not isinstance(text, str) or not _ISO_8601.fullmatch(text):
        raise ValueError("must be an ISO 8601 time with an offset, like 2026-11-21T10:30:00+01:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a valid date and time") from None
    if not _EPOCH <= moment < _END:
        raise ValueError("must be between 1970 and 9999")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


Moment = Annotated[
    int,
    BeforeValidator(_milliseconds),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class CreateLesson(Input):
    """``POST /lessons``: the caller is the teacher. ``starts_at`` is read to the millisecond."""

    student_id: Id
    title: Title
    starts_at: Moment
    duration_minutes: Annotated[int, Field(ge=5, le=1440)] = 60


class ChangeLesson(Input):
    """``PATCH /lessons/{id}``."""

    status: Status


class FindLessons(PageQuery):
    """``GET /lessons``."""

    status: Status | None = None
