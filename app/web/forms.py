"""Forms of pages: friendly sentences by each field, then the same schemas as every other transport."""

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

# In place of a validator's own words, which the catalogue does not have.
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


def submit(command: Callable[..., tuple[Result, Sequence[Any]]], *arguments: Any) -> Result:
    """Spend the limits of the form's command, then run it through the writer.

    The first argument is the actor. Raises ``rate_limited``, or what the command raises.
    """
    _spend(command, arguments[0])
    return store.write(command, *arguments)


def call(function: Callable[[Schema], Result], given: Schema) -> Result:
    """Spend the limits of a form whose function calls the writer itself, then call it."""
    _spend(function, given)
    return function(given)


def _spend(command: Command, subject: Any) -> None:
    declared = terms(command)
    view = current_app.view_functions[request.endpoint or ""]
    assert ROUTES.get(view) is declared, f"{request.endpoint} declares another command"
    declared.spend(subject)
