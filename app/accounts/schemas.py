"""Input models of accounts."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.contract.inputs import Id, Input, Name, PageQuery, Parameters, Search, clean

_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00.]+(\.[^@\s\x00.]+)*")


def _email(text: str) -> str:
    address = text.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise ValueError("must be an e-mail address")
    return address


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_email)]
Password = Annotated[str, Field(min_length=8, max_length=128)]
Locale = Literal["en", "fr"]


class Register(Input):
    """``POST /auth/register``."""

    email: Email
    password: Password
    name: Name
    locale: Locale | None = None


class SignIn(Input):
    """``POST /auth/login``. Accepts any text, so that every refusal reads the same."""

    email: Annotated[str, Field(max_length=254), AfterValidator(clean)]
    password: Annotated[str, Field(max_length=128)]


class Authenticate(Input):
    """``authenticate``: a new access token for the live connection."""

    token: Annotated[str, Field(min_length=1, max_length=4096)]


class FindUsers(PageQuery):
    """``GET /users``."""

    q: Search | None = None


class PresenceOf(Parameters):
    """``GET /presence?user_ids=3,4``."""

    user_ids: Annotated[str, Field(max_length=2000, pattern=r"^\d{1,16}(,\d{1,16}){0,99}$")]


class UserPath(Parameters):
    """``/users/{id}``."""

    id: Id
