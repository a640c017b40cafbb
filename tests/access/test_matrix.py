"""Every event and every route × anonymous, expired, revoked, outsider, participant, owner."""

from __future__ import annotations

import pytest

from tests.access import asking, collected
from tests.access.asking import Answer, Ask, ask_event, ask_page, ask_rest, is_refusal, problems
from tests.conversations.access_rows import conversation
from tests.support import registries
from tests.support.database import digest
from tests.support.matrix import NAMESPACES, Call, Row, Scene, Standing, everybody, missing_rows

EVENTS, REST, PAGES = (collected.rows(kind) for kind in collected.KINDS)
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# REST for people who are not signed in: there is no cookie that could be misused.
WITHOUT_COOKIE = {"/api/v1/auth/register", "/api/v1/auth/login"}


def titles(rows: list[Row]) -> list[str]:
    """The names of the tests of rows."""
    return [row.title for row in rows]


# --- the registries and the rows agree


def test_every_client_event_has_a_row_in_its_feature() -> None:
    doors = {entry.key: collected.place(entry.module) for entry in registries.events()}
    assert {namespace for namespace, _ in doors} == set(NAMESPACES)
    lacking = missing_rows(doors, collected.by_place("EVENTS"))
    assert not lacking, "\n".join(lacking)


def test_every_route_has_a_row_in_its_feature() -> None:
    doors = {entry.key: collected.place(entry.module) for entry in registries.routes()}
    lacking = missing_rows(doors, collected.by_place("REST", "PAGES"))
    assert not lacking, "\n".join(lacking)


def test_a_new_event_without_a_row_is_named_with_what_to_do() -> None:
    (sentence,) = missing_rows({("/", "shout"): "tests/voices/access_rows.py"}, {})
    assert sentence.startswith("/ shout has no row in the access matrix: add one to tests/voices/")
    assert "revoked session" in sentence


def test_a_row_in_the_folder_of_another_feature_is_named() -> None:
    row = Row(("/", "shout"), everybody("ok"))
    doors = {row.door: "tests/voices/access_rows.py"}
    (sentence,) = missing_rows(doors, {"tests/pins/access_rows.py": [row]})
    assert "add one to tests/voices/" in sentence


def test_a_row_without_its_event_is_named() -> None:
    stale = Row(("/", "whisper"), everybody("ok"))
    (sentence,) = missing_rows({}, {"tests/voices/access_rows.py": [stale]})
    assert "whisper has a row" in sentence


def test_every_door_opens_for_somebody() -> None:
    """Behind a door that is closed to all six, a refusal would prove nothing."""
    rows = EVENTS + REST + PAGES
    opened = {row.door for row in rows if not all(is_refusal(one) for one in row.outcomes.values())}
    # flask-openapi3 announces a folder of files that is empty.
    assert {row.door for row in rows} - opened == {("GET", "/api/v1/static/<path:filename>")}


# --- the matrix


@pytest.mark.parametrize("row", EVENTS, ids=titles(EVENTS))
def test_event(scene: Scene, row: Row) -> None:
    _must_be_as_stated(scene, row, ask_event)


@pytest.mark.parametrize("row", REST, ids=titles(REST))
def test_rest(scene: Scene, row: Row) -> None:
    _must_be_as_stated(scene, row, ask_rest)


@pytest.mark.parametrize("row", PAGES, ids=titles(PAGES))
def test_page(scene: Scene, row: Row) -> None:
    _must_be_as_stated(scene, row, ask_page)


def _must_be_as_stated(scene: Scene, row: Row, ask: Ask) -> None:
    found = problems(scene, row, ask)
    assert not found, "\n".join(found)


# --- forms and cookies of other sites


def who_may(row: Row) -> Standing | None:
    """Whose call succeeds."""
    able = (Standing.OWNER, Standing.PARTICIPANT)
    return next((one for one in able if not is_refusal(row.outcomes[one])), None)


FORMS = [row for row in PAGES if row.door[0] == "POST"]
COOKIE_CALLS = [
    row
    for row in REST
    if row.door[0] in CHANGING
    and row.door[1] not in WITHOUT_COOKIE
    and not row.refresh
    and who_may(row)
]


@pytest.mark.parametrize("row", FORMS, ids=titles(FORMS))
def test_a_form_without_its_token_is_refused(scene: Scene, row: Row) -> None:
    standing = who_may(row)
    assert standing
    call = Call(scene, scene.target(), standing, row.asker(standing))
    row.path(call.target)  # makes what it speaks of
    _, strangers = asking.form_session(scene.server.url)
    before = digest(scene.server)
    for token in ({}, {"csrf_token": ""}, {"csrf_token": strangers}):
        browser = asking.browser_of(row, call)
        form = {**(row.payload(call) or {}), **token}
        answer = browser.post(asking.address(row, call), data=form, allow_redirects=False)
        assert answer.status_code == 403, f"{token}: {answer.status_code}"
    assert digest(scene.server) == before
    assert not is_refusal(ask_page(row, call).outcome)


@pytest.mark.parametrize("row", COOKIE_CALLS, ids=titles(COOKIE_CALLS))
def test_a_cookie_alone_changes_nothing_over_rest(scene: Scene, row: Row) -> None:
    standing = who_may(row)
    assert standing
    call = Call(scene, scene.target(), standing, row.asker(standing))
    token = scene.new_session(call.name)[0] if row.spends_session else call.person.token
    cookies = {"access_token_cookie": token}
    row.path(call.target), row.payload(call)  # makes what they speak of
    before = digest(scene.server)
    for headers in ({}, {"X-CSRF-TOKEN": "guess"}):
        refused = _with_cookie(row, call, cookies, headers)
        assert refused.outcome == "403 forbidden", refused
    assert digest(scene.server) == before
    accepted = _with_cookie(row, call, cookies, asking.csrf_headers(token))
    assert accepted.outcome == row.outcomes[standing], accepted


def _with_cookie(row: Row, call: Call, cookies: dict[str, str], headers: dict[str, str]) -> Answer:
    response = asking.request(row, call, json=row.payload(call), cookies=cookies, headers=headers)
    return asking.judged(response)


def test_a_reader_is_brought_back_after_signing_in(scene: Scene) -> None:
    target = scene.target()
    row = next(row for row in PAGES if row.door[1].endswith("<int:conversation_id>"))
    call = Call(scene, target, Standing.ANONYMOUS, "Alice")
    asked = f"/conversations/{target.once(conversation)}"
    assert ask_page(row, call).outcome == f"303 /sign-in?next={asked}"


# --- and the outsider could have heard


def test_charlie_hears_as_soon_as_somebody_writes_to_him(scene: Scene) -> None:
    """Last, because from then on he shares a conversation with Alice."""
    charlie = scene.people["Charlie"]
    scene.people["Alice"].post("/messages", {"recipient_id": charlie.id, "text": "Hello Charlie"})
    scene.sockets["Charlie", "/"].wait_for("message_notification")
    scene.sockets["Charlie", "/talemy"].wait_for("message:new")
