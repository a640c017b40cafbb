"""Rate limits, seen from a client."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person

WRITES = 60  # that one person may ask for at once


def assert_limited(person: Person, *requests: tuple[str, str, Any]) -> None:
    """Requests for what does not exist share the limit of writes, and are refused beyond it."""
    for number in range(WRITES):
        assert person.call(*requests[number % len(requests)]).status_code == 404
    for request in requests:
        answer = person.call(*request)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert answer.json()["retry_after"] == int(answer.headers["Retry-After"])
