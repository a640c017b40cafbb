"""A server's clock that is set back or forward, with a compiler's help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import Person
from tests.support.server import Server
from tests.torture.faults.clock.jump import Clock, missing

pytestmark = [
    pytest.mark.system,
    pytest.mark.torture,
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

HOUR = 3600


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    with Server(tmp_path, RATELIMIT_ENABLED="false", **clock.settings) as running:
        yield running


def test_nobody_is_signed_out_by_a_clock_that_is_set_back(server: Server, clock: Clock) -> None:
    alice = Person(server, "Alice")

    clock.jump_to(-HOUR)

    assert alice.get("/auth/me")["id"] == alice.id
    alice.connect()
    renewed = alice.call("POST", "/auth/refresh", token=alice.refresh_token)
    assert renewed.status_code == 200
    alice.close()


def test_a_clock_that_is_set_forward_ends_tokens_and_not_sign_ins(
    server: Server, clock: Clock
) -> None:
    alice = Person(server, "Alice")

    clock.jump_to(HOUR)

    assert alice.call("GET", "/auth/me").json()["code"] == "token_expired"
    renewed = alice.call("POST", "/auth/refresh", token=alice.refresh_token)
    alice.keep(renewed.json())
    assert alice.get("/auth/me")["id"] == alice.id
    alice.close()
