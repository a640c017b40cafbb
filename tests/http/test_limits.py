"""Every route that changes something declares its limit, and spends it after validation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import inside

# Routes without a command, and commands without a limit.
UNDECLARED = {"preferences_pages.theme": "sets a cookie of the browser; nothing is stored"}
UNLIMITED = {
    "accounts_pages.sign_out": "ending a session must always work",
    "api_accounts.logout": "ending a session must always work",
    "api_auth.refresh": "a refused renewal would sign a user out",
}
BEFORE_SIGN_IN = {"sign_in_address", "sign_in", "register"}


@pytest.fixture(scope="module")
def used_up(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How every route refuses when its limit is used up."""
    refusals: dict[str, Any] = inside(
        "tests.http.limits_inside:used_up", tmp_path_factory.mktemp("used_up")
    )
    return refusals


def test_every_route_that_changes_something_declares_its_limit(tmp_path: Path) -> None:
    routes = inside("tests.http.limits_inside:declarations", tmp_path)
    assert routes["undeclared"] == sorted(UNDECLARED)
    assert routes["unlimited"] == sorted(UNLIMITED)
    assert routes["another"] == []
    assert routes["planted_another"] == ["api_planted.other"]
    assert routes["planted"] == ["api_planted.<lambda>", "api_planted.read", "planted_pages.form"]


def test_a_declared_limit_refuses_its_route(used_up: dict[str, Any]) -> None:
    routes = {name: route for name, route in used_up.items() if name != "invalid"}
    assert len(routes) > 30
    for endpoint, route in routes.items():
        assert route["status"] == 429, endpoint
        assert route["retry_after"] == "7" or not endpoint.startswith("api_"), endpoint
        assert [name for name, *_ in route["spent"]] == route["declared"], endpoint
        for name, *key in route["spent"]:
            assert key[0] == ("127.0.0.1" if name in BEFORE_SIGN_IN else "1"), endpoint


def test_sign_in_is_counted_by_address_and_by_account(used_up: dict[str, Any]) -> None:
    address = ["sign_in_address", "127.0.0.1"]
    assert used_up["accounts_pages.submit_sign_in"]["spent"] == [
        address,
        ["sign_in", "127.0.0.1", "alice@x.org"],
    ]
    assert used_up["api_auth.login"]["spent"] == [
        address,
        ["sign_in", "127.0.0.1", "somebody@bad-input.example"],
    ]


def test_invalid_input_spends_no_limit(used_up: dict[str, Any]) -> None:
    assert used_up["invalid"] == [422, 422, 0]


@pytest.mark.parametrize("form", ["submit_sign_in", "submit_sign_up"])
def test_a_limited_sign_in_keeps_the_form(used_up: dict[str, Any], form: str) -> None:
    page = used_up[f"accounts_pages.{form}"]["page"]
    assert 'name="password"' in page
    assert "Too many attempts" in page
