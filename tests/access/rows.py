"""Rows of the access matrix: how to write one for an event, a route of REST, or a page."""

from __future__ import annotations

from typing import Any

from tests.support.matrix import NOBODY, Call, Make, Path, Payload, Row, Standing, everybody

EVENT_HIDDEN, EVENT_FORBIDDEN = "not_found", "forbidden"
REST_HIDDEN, REST_FORBIDDEN = "404 not_found", "403 forbidden"
PAGE_HIDDEN, PAGE_FORBIDDEN = "404", "403"
SIGN_IN = "303 /sign-in?next="


def event(
    door: tuple[str, str],
    payload: Payload,
    outsider: str,
    participant: str = "ok",
    owner: str = "ok",
    **options: Any,
) -> Row:
    """A row of a client event, which needs a live session."""
    refusals = ("unauthenticated", "token_expired", "token_revoked")
    outcomes = dict(zip(NOBODY, refusals, strict=True)) | {
        Standing.OUTSIDER: outsider,
        Standing.PARTICIPANT: participant,
        Standing.OWNER: owner,
    }
    return Row(door, outcomes, payload, **options)


def rest(
    method: str,
    rule: str,
    outsider: str,
    participant: str | None = None,
    owner: str | None = None,
    **options: Any,
) -> Row:
    """A row for signed-in people; ``participant`` and ``owner`` default to the one before."""
    refusals = ("401 unauthenticated", "401 token_expired", "401 token_revoked")
    outcomes = dict(zip(NOBODY, refusals, strict=True)) | {
        Standing.OUTSIDER: outsider,
        Standing.PARTICIPANT: participant or outsider,
        Standing.OWNER: owner or participant or outsider,
    }
    return Row((method, f"/api/v1{rule}"), outcomes, **options)


def page(
    method: str,
    rule: str,
    outsider: str,
    participant: str | None = None,
    owner: str | None = None,
    **options: Any,
) -> Row:
    """A row for signed-in readers; ``participant`` and ``owner`` default to the one before."""
    outcomes = dict.fromkeys(NOBODY, SIGN_IN) | {
        Standing.OUTSIDER: outsider,
        Standing.PARTICIPANT: participant or outsider,
        Standing.OWNER: owner or participant or outsider,
    }
    return Row((method, rule), outcomes, **options)


def entrance(method: str, rule: str, signed_in: str, **options: Any) -> Row:
    """A row of a page for readers who are not signed in."""
    return Row((method, rule), everybody(signed_in) | dict.fromkeys(NOBODY, "200"), **options)


def of(name: str, make: Make) -> Path:
    """The path's parameter of this name is the target's id of what ``make`` makes."""
    return lambda target: {name: target.once(make)}


def of_user(name: str) -> Path:
    """The path's parameter of this name is the id of a user without a part in anything."""
    return lambda target: {name: target.user}


def text(call: Call) -> Any:
    """The text of a message."""
    return {"text": f"From {call.name}"}
