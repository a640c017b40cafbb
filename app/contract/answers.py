"""Envelopes of the objects: data of acknowledgements, payloads of server events, REST bodies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.contract.types import Error, Moment, Output

# --- data of acknowledgements, and bodies of the REST calls that do the same ----------------------


# --- payloads of server events ----------------------------------------------------------------------


class TokenExpiring(Output):
    """``token_expiring``."""

    expires_at: Moment


class SessionEnded(Output):
    """``session_ended``."""

    code: Literal["token_expired", "token_revoked", "slow_consumer", "server_restarting"]
    message: str


class EventError(Error):
    """``error``: the reason why an event without an acknowledgement was refused."""

    event: Annotated[str, Field(max_length=64)]
    """The event's name as it was sent; empty if it had none."""


# --- bodies that only REST has ----------------------------------------------------------------------


class Page(Output):
    """A page of a list."""

    next_cursor: str | None
    """The ``cursor`` of the next page; null on the last page."""


class Health(Output):
    """The state of the process."""

    status: str
