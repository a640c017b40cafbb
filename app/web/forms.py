"""Forms of pages: friendly sentences by each field, then the same schemas as every other transport."""

from __future__ import annotations

from typing import Any, TypeVar

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from pydantic import BaseModel, ValidationError

from app.contract.inputs import field_problems
from app.errors import N_, PalabreError

Schema = TypeVar("Schema", bound=BaseModel)

# A word that is not known to our catalogue is a validator's own, and not for people.
NOT_ACCEPTED = lazy_gettext("Invalid value. Change it and try again.")


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A form whose token is checked by the blueprint, not field by field."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

    def refuse(self, error: PalabreError) -> int:
        """Show a refusal where it belongs; returns the HTTP status to answer with."""
        by_field = [item for item in error.details or [] if item["field"] in self]
        for item in by_field:
            control = self[item["field"]]
            control.errors = [*control.errors, NOT_ACCEPTED]
        if not by_field:
            self.form_errors.append(gettext(error.message))
        return error.status


def parse(schema: type[Schema], **values: Any) -> Schema:
    """Values of a form as a schema; raises ``invalid_payload`` with its details."""
    try:
        return schema(**values)
    except ValidationError as error:
        raise PalabreError(
            "invalid_payload", N_("Invalid request. Check its fields."), field_problems(error)
        ) from error


def message_text(given: str | None) -> str:
    """A message as typed into a form: browsers send line ends as CR LF, and count them as one."""
    return (given or "").replace("\r\n", "\n")
