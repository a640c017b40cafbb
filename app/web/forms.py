"""Forms of pages: problems shown by each field, then the schemas of the other transports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import current_app, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from pydantic import BaseModel, ValidationError

from app.contract.command import ROUTES, Command, terms
from app.contract.inputs import field_problems
from app.errors import N_, PalabreError
from app.store import store

Schema = TypeVar("Schema", bound=BaseModel)
Result = TypeVar("Result")

# Replaces a validator's own message, which has no translation.
NOT_ACCEPTED = lazy_gettext("Invalid value. Change it and try again.")


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A form whose token is checked by the blueprint, not field by field."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

    def refuse(self, error: PalabreError) -> int:
        """Shows a refusal by its fields, or else above the form; returns the HTTP status."""
        by_field = [item for item in error.details or [] if item["field"] in self]
        for item in by_field:
            control = self[item["field"]]
            control.errors = [*control.errors, NOT_ACCEPTED]
        if not by_field:
            self.form_errors.append(gettext(error.message))
        return error.status


def parse(schema: type[Schema], **values: Any) -> Schema:
    """Returns a form's values as a schema; raises ``invalid_payload`` with its details."""
    try:
        return schema(**values)
    except ValidationError as error:
        raise PalabreError(
            "invalid_payload", N_("Invalid request. Check its fields."), field_problems(error)
        ) from error


def message_text(given: str | None) -> str:
    """Returns a form's text with LF line ends; browsers send CR LF, but count one character."""
    return (given or "").replace("\r\n", "\n")


def submit(command: Callable[..., tuple[Result, Sequence[Any]]], *arguments: Any) -> Result:
    """Charges the rate limits of the form's command, then runs it through the writer.

    The first argument is the actor. Raises ``rate_limited``, or the command's own errors.
    """
    _spend(command, arguments[0])
    return store.write(command, *arguments)


def call(function: Callable[[Schema], Result], given: Schema) -> Result:
    """Charges the rate limits of a form, then calls its function, which calls the writer itself."""
    _spend(function, given)
    return function(given)


def _spend(command: Command, subject: Any) -> None:
    declared = terms(command)
    view = current_app.view_functions[request.endpoint or ""]
    assert ROUTES.get(view) is declared, f"{request.endpoint} declares another command"
    declared.spend(subject)
