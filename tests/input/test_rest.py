"""Whatever is sent to a REST route, the answer is a problem with its code, and nothing changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.input.generate import CANDIDATES, DEEP, Bad, accepts, bad_payloads, broken_texts, sample
from tests.support import registries
from tests.support.database import digest
from tests.support.people import Person
from tests.support.registries import RouteEntry
from tests.support.server import Server

ROUTES = [route for route in registries.routes() if route.rule.startswith("/api/v1/")]
WITH_BODY = [route for route in ROUTES if route.body]
WITH_QUERY = [route for route in ROUTES if route.query]
WITH_ID = [route for route in registries.routes() if "<int:" in route.rule]
# Bodies that cannot be read at all leave nothing to name but the whole.
UNREADABLE = ("surrogate", "levels", "very long integer")


def title(route: RouteEntry) -> str:
    """What a test of a route is called."""
    return f"{route.method} {route.rule}"


@pytest.fixture(scope="module")
def mallory(server: Server) -> Iterator[Person]:
    """Somebody with an account and bad manners."""
    person = Person(server, "Mallory")
    yield person
    person.close()


@pytest.fixture
def unharmed(server: Server, mallory: Person) -> Iterator[None]:
    """The database is the same afterwards, and nothing has gone wrong inside the server."""
    before, told = digest(server), len(server.log())
    yield
    assert digest(server) == before
    news = server.log()[told:]
    assert "Traceback" not in news and '"level": "error"' not in news, news


def send(
    person: Person, route: RouteEntry, body: str | bytes | Iterator[bytes] = b"", **options: Any
) -> requests.Response:
    """One request with a body as it is; in pieces, it announces no length."""
    path = re.sub(r"<int:\w+>", "1", route.rule)
    headers = {
        "Authorization": f"Bearer {person.token}",
        "Content-Type": options.pop("content_type", "application/json"),
    }
    data = body.encode() if isinstance(body, str) else body
    url = person.server.url + path
    return requests.request(route.method, url, data=data, headers=headers, timeout=30, **options)


def complaint(answer: requests.Response, status: int, code: str, field: str = "") -> str | None:
    """What is not as it should be about a refusal."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return f"{answer.status_code} {answer.text[:200]}"
    body = answer.json()
    fields = [detail["field"].split(".")[0] for detail in body.get("details", [])]
    right = (answer.status_code, body["code"], body["status"]) == (status, code, status)
    return None if right and (not field or field in fields) else f"{answer.text[:300]}"


def complaints(person: Person, route: RouteEntry, cases: list[Bad]) -> list[str]:
    """Which bad bodies are not refused by field."""
    found = []
    for bad in cases:
        unreadable = any(word in bad.label for word in UNREADABLE)
        field = "payload" if unreadable else bad.field
        wrong = complaint(send(person, route, bad.text), 422, "invalid_payload", field)
        if wrong:
            found.append(f"{bad.label}: {wrong} instead of naming {field}")
    return found


@pytest.mark.parametrize("route", WITH_BODY, ids=title)
def test_a_bad_body_is_refused_by_field(mallory: Person, route: RouteEntry, unharmed: None) -> None:
    assert route.body
    no_nul = [bad for bad in broken_texts(route.body) if bad.field != "password"]
    wrong = complaints(mallory, route, [*bad_payloads(route.body), *no_nul])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", WITH_BODY, ids=title)
def test_a_body_that_is_no_json_is_refused(
    mallory: Person, route: RouteEntry, unharmed: None
) -> None:
    assert route.body
    good = json.dumps(sample(route.body))
    bodies = {
        "half of it": good[: len(good) // 2],
        "a comma too many": good[:-1] + ",}",
        "two of them": good + good,
        "single quotes": "{'text': 'x'}",
        "not a number": '{"text": NaN}',
        "no UTF-8": b'{"text": "\xff\xfe"}',
        "UTF-16": good.encode("utf-16"),
        "a NUL byte": good.encode() + b"\x00",
        "an event": '42["send_message",{}]',
        "XML": "<text>x</text>",
    }
    for label, body in bodies.items():
        wrong = complaint(send(mallory, route, body), 422, "invalid_payload", "payload")
        assert not wrong, f"{label}: {wrong}"


@pytest.mark.parametrize("route", WITH_BODY, ids=title)
def test_another_content_type_is_refused(
    mallory: Person, route: RouteEntry, unharmed: None
) -> None:
    """A form of another site can send these three without asking first."""
    assert route.body
    good = json.dumps(sample(route.body) or {"unknown": 1})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = send(mallory, route, good, content_type=kind)
        wrong = complaint(answer, 422, "invalid_payload", "payload")
        assert not wrong, f"{kind}: {wrong}"


@pytest.mark.parametrize("route", WITH_BODY, ids=title)
def test_a_body_over_64_kb_is_too_large(mallory: Person, route: RouteEntry, unharmed: None) -> None:
    body = '{"text": "' + "x" * 65_536 + '"}'
    assert not complaint(send(mallory, route, body), 413, "payload_too_large")
    pieces = (body[start : start + 10_000].encode() for start in range(0, len(body), 10_000))
    assert not complaint(send(mallory, route, pieces), 413, "payload_too_large")


@pytest.mark.parametrize("route", WITH_QUERY, ids=title)
def test_a_bad_query_is_refused_by_field(
    mallory: Person, route: RouteEntry, unharmed: None
) -> None:
    assert route.query
    good = sample(route.query) | ({"user_ids": "1"} if "presence" in route.rule else {})
    found = []
    for name, field in route.query["properties"].items():
        for label, value in _wrong_words(field):
            wrong = complaint(
                send(mallory, route, params={**good, name: value}), 422, "invalid_payload", name
            )
            found += [f"{name}={label}: {wrong}"] if wrong else []
    for name in ("unknown", "__proto__", "user_id"):
        answer = send(mallory, route, params={**good, name: "1"})
        wrong = complaint(answer, 422, "invalid_payload", name)
        found += [f"{name}=1: {wrong}"] if wrong else []
    assert not found, "\n".join(found)


def _wrong_words(field: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Query values that cannot be read as what the field wants."""
    kinds = [kind for kind in field.get("anyOf", [field]) if kind["type"] != "null"]
    words = {
        "0",
        "-1",
        "1.5",
        "x",
        "9" * 16,
        "9" * 18,
        "9" * 64,
        "1e3",
        "0x10",
        " ",
        "a\0b",
        "é" * 1000,
    }
    words |= {"1,,2", "1;2", "1,2," + "3" * 17, "١", "true,false", "[]", "{}", "null"}
    for word in sorted(words):
        readings = [word, *([int(word)] if re.fullmatch("-?[0-9]+", word) else [])]
        readings += [True] if word in ("0", "1") else []
        if not any(accepts({"anyOf": kinds}, reading) for reading in readings):
            yield word[:12], word
        elif "\0" in word:
            yield "a NUL character", word


IDS = (0, 2**53, 2**63 - 1, 2**63, 2**64, 10**40, "-1", "1.5", "x", "%00", "1%00", "١", "..%2f1")


@pytest.mark.parametrize("route", WITH_ID, ids=title)
def test_an_id_that_cannot_be_is_not_found_or_not_valid(
    server: Server, mallory: Person, route: RouteEntry, unharmed: None
) -> None:
    """Pages as well as REST; a reader of pages comes with a cookie."""
    page = not route.rule.startswith("/api/")
    headers = {} if page else {"Authorization": f"Bearer {mallory.token}"}
    cookies = {"access_token_cookie": mallory.token} if page else {}
    for value in IDS:
        path = re.sub(r"<int:\w+>", str(value), route.rule)
        answer = requests.request(
            route.method,
            server.url + path,
            headers=headers,
            cookies=cookies,
            json=None if page or not route.body else sample(route.body),
            allow_redirects=False,
            timeout=30,
        )
        allowed = (403, 404, 405) if page and route.method == "POST" else (404, 405, 422)
        assert answer.status_code in allowed, f"{value}: {answer.status_code} {answer.text[:300]}"


def test_candidates_include_every_size_that_matters() -> None:
    assert 2**53 in CANDIDATES.values()
    assert len(DEEP) == 20_000


def test_unknown_routes_and_methods_are_problems(mallory: Person, unharmed: None) -> None:
    assert not complaint(mallory.call("GET", "/nothing"), 404, "not_found")
    wrong_way = mallory.call("PUT", "/messages/1")
    assert not complaint(wrong_way, 405, "invalid_payload")
    assert {"PATCH", "DELETE"} <= set(wrong_way.headers["Allow"].split(", "))
    assert not complaint(mallory.call("POST", "/changes", {}), 405, "invalid_payload")


def test_methods_that_nobody_wrote_are_no_fault_of_ours(server: Server, unharmed: None) -> None:
    wrong = []
    for route in registries.routes():
        path = re.sub(r"<int:\w+>", "1", route.rule).replace("<path:filename>", "x")
        for method, expected in (
            ("OPTIONS", (200, 303)),
            ("HEAD", range(200, 500)),
            ("TRACE", (405,)),
        ):
            answer = requests.request(method, server.url + path, allow_redirects=False, timeout=30)
            if answer.status_code not in expected:
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_tokens_of_every_wrong_kind_are_refused(mallory: Person, unharmed: None) -> None:
    none = mallory.token.split(".")
    wrong = {
        "empty": "",
        "text": "x",
        "another algorithm": "eyJhbGciOiJub25lIn0." + none[1] + ".",
        "a changed signature": mallory.token[:-4] + "AAAA",
        "a refresh token": mallory.refresh_token,
        "two tokens": f"{mallory.token} {mallory.token}",
        "very long": "x" * 8000,
        "no ASCII": "\xff\xfe",
    }
    for label, token in wrong.items():
        answer = mallory.call("GET", "/auth/me", token=token)
        assert not complaint(answer, 401, "unauthenticated"), f"{label}: {answer.text}"
