"""What carries the objects: data of acknowledgements, payloads of server events, REST bodies."""

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
    """``error``: why an event that asked for no acknowledgement was refused."""

    event: Annotated[str, Field(max_length=64)]
    """The event's name as it was sent, or empty if it had none."""


# --- bodies that only REST has ----------------------------------------------------------------------


class Page(Output):
    """The shape of every list."""

    next_cursor: str | None
    """What to ask with for the next page; null on the last one."""


class Health(Output):
    """Whether the process can do its work."""

    status: str
