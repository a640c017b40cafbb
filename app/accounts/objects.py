"""Accounts on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.contract.answers import Page
from app.contract.types import Id, Moment, Output, left_out


class User(Output):
    """A user's public profile."""

    id: Id
    name: str
    avatar_url: str | None
    role: Literal["member", "moderator", "admin"]
    online: bool
    """Whether the user has an open connection, or had one within the grace period of 5 seconds."""
    last_seen_at: Moment | None
    """When the user was last online; null for a user who is or never was online."""


class OwnUser(User):
    """The signed-in user's own profile."""

    email: str
    locale: Literal["en", "fr"] | None


class Renewed(Output):
    """``authenticate``: when the new token expires."""

    expires_at: Moment


class SignedIn(Output):
    """A user with the tokens of a sign-in session."""

    user: User
    access_token: str
    refresh_token: str = Field(default_factory=left_out)
    """Absent in the answer to a page, which keeps it in a cookie."""
    expires_in: Annotated[int, Field(ge=1)]
    """Lifetime of the access token in seconds."""


class BlockState(Output):
    """A user, and whether the caller now blocks them."""

    user: User
    blocked: bool


class Users(Page):
    """A list of users."""

    items: list[User]


class Presence(Output):
    """Whether one user is online."""

    user_id: Id
    online: bool
    last_seen_at: Moment | None


class PresenceList(Page):
    """Whether some users are online; unknown users are left out."""

    items: list[Presence]
