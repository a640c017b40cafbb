"""The description of REST: valid, complete, and readable without any other server."""

from __future__ import annotations

import pytest
import requests
from openapi_spec_validator import validate
from playwright.sync_api import Browser

from tests.docs import protocol_page as page
from tests.docs import schemas
from tests.support.server import Server

# As the page of the protocol has them: asking the application takes a process.
OPERATIONS = sorted(page.routes())


def test_it_is_openapi() -> None:
    validate(schemas.openapi())


def test_it_is_what_the_server_answers(server: Server) -> None:
    answer = requests.get(f"{server.url}/api/v1/openapi.json", timeout=30)
    assert answer.json() == schemas.openapi()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_says_how_it_ends(method: str, path: str) -> None:
    operation = schemas.operation(method, path)
    answers = set(operation["responses"])
    assert any(status.startswith("2") for status in answers)
    assert "500" in answers
    if operation["security"]:
        assert {"401", "503"} <= answers
        assert method == "GET" or "403" in answers
    if "{id}" in path:
        assert {"404", "422"} <= answers
    if "requestBody" in operation:
        assert {"413", "422", "429", "503"} <= answers


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_only_signing_in_and_health_are_for_strangers(method: str, path: str) -> None:
    strangers = path.endswith(("/auth/register", "/auth/login")) or not path.startswith("/api")
    assert (schemas.operation(method, path)["security"] == []) == strangers


def test_its_ways_to_sign_in_are_described() -> None:
    described = set(schemas.openapi()["components"]["securitySchemes"])
    used = {
        name
        for method, path in OPERATIONS
        for way in schemas.operation(method, path)["security"]
        for name in way
    }
    assert used == described == {"bearer", "cookie", "refresh_cookie", "csrf"}


@pytest.mark.browser
def test_its_page_works_without_any_other_server(server: Server, chromium: Browser) -> None:
    tab = chromium.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))

    tab.goto(f"{server.url}/api/v1/")
    tab.click("#operations-messages-edit_message")
    tab.get_by_text("Replaces the text of one of the caller's messages").wait_for()

    assert tab.locator(".opblock").count() == len(OPERATIONS)
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []
    assert complaints == []
    tab.close()
