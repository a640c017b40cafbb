"""Accounts on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.contract.answers import Page
from app.contract.types import Id, Moment, Output, left_out


class User(Output):
    """A person, as everybody sees them."""

    id: Id
    name: str
    avatar_url: str | None
    role: Literal["member", "moderator", "admin"]
    online: bool
    """Whether a connection of theirs is open, or was within the grace period of five seconds."""
    last_seen_at: Moment | None
    """When they were last online; null while they are, and if they never were."""


class OwnUser(User):
    """A person, as they see themself."""

    email: str
    locale: Literal["en", "fr"] | None


class Renewed(Output):
    """``authenticate``: when the new token ends."""

    expires_at: Moment


class SignedIn(Output):
    """A person with the tokens of a sign-in session."""

    user: User
    access_token: str
    refresh_token: str = Field(default_factory=left_out)
    """Absent in the answer to a page, which keeps it in a cookie."""
    expires_in: Annotated[int, Field(ge=1)]
    """Seconds the access token lives."""


class BlockState(Output):
    """Somebody, and whether the caller has blocked them now."""

    user: User
    blocked: bool


class Users(Page):
    """A list of people."""

    items: list[User]


class Presence(Output):
    """Whether one person is online."""

    user_id: Id
    online: bool
    last_seen_at: Moment | None


class PresenceList(Page):
    """Whether some people are online; those that do not exist are left out."""

    items: list[Presence]
