"""Every answer and event of the running server has the shape that the code declares.

The features' stories (``tests/<feature>/story.py``) are told over both namespaces and REST. The last
tests fail when a story leaves out an event or a route.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docs import schemas
from tests.docs.stage import Stage
from tests.docs.watching import Seen
from tests.support.features import lacking, parts
from tests.support.server import Server


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """All answers and events of the stories."""
    watched = Seen()
    schemas.catalogue()  # asked now, each in a process of its own,
    schemas.openapi()  # so that no story waits for them
    with Server(tmp_path_factory.mktemp("shapes")) as server:
        stage = Stage(server, watched)
        for story in parts("story").values():
            story.tell(stage)
        _refusals(stage)
        _health(stage)
        stage.close()
        yield watched


def _refusals(stage: Stage) -> None:
    charlie, conversation_id = stage.charlie, stage.conversation_id
    seller, talemy = stage.seller, stage.buyer_on_talemy
    charlie.call("GET", f"/conversations/{conversation_id}")
    charlie.call("GET", "/users", token="broken")
    charlie.call("POST", "/products", {"title": ""})
    charlie.call("POST", "/messages", {"text": "x" * 70_000})
    assert charlie.call("PATCH", f"/conversations/{conversation_id}", {}).status_code == 422
    seller.refused("typing", {"conversation_id": "12", "is_typing": True, "more": 1})
    for _ in range(31):
        last = seller.call("typing", {"conversation_id": conversation_id, "is_typing": False})
    assert last["error"]["code"] == "rate_limited"
    talemy.refused("message:send", {"conversationId": 2**52, "text": "?"})
    for listener in (seller, talemy):
        listener.emit("no_such_event", {})
        listener.wait_for("error")
    wrong = {"email": "nobody@example.org", "password": "wrong"}
    codes = {charlie.call("POST", "/auth/login", wrong).status_code for _ in range(11)}
    assert codes == {401, 429}


def _health(stage: Stage) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        stage.seen.answer(stage.alice.http.get(stage.server.url + path, timeout=30))


def test_every_feature_has_a_story() -> None:
    assert lacking() == []


def test_a_feature_without_a_story_is_named() -> None:
    (sentence,) = lacking(("no_such_feature",))
    assert sentence.startswith("tests/no_such_feature/story.py is missing")


def test_nothing_differs_from_what_is_declared(seen: Seen) -> None:
    assert seen.wrong == []


@pytest.mark.parametrize("namespace", ["/", "/talemy"])
def test_every_event_was_heard_and_acknowledged(seen: Seen, namespace: str) -> None:
    wire = schemas.namespace(namespace)
    heard = {name for space, name in seen.events if space == namespace}
    assert set(wire["serverEvents"]) - heard == set()
    acknowledged = {name for space, name in seen.acknowledged if space == namespace}
    assert set(wire["clientEvents"]) - acknowledged == set()


def test_every_route_has_answered_in_every_way_that_succeeds(seen: Seen) -> None:
    declared = {
        (method.upper(), path, int(status))
        for path, operations in schemas.openapi()["paths"].items()
        for method, operation in operations.items()
        for status in operation["responses"]
        if status.startswith("2")
    }
    assert declared - seen.answers == set()


def test_refusals_were_among_it(seen: Seen) -> None:
    statuses = {status for _, _, status in seen.answers}
    assert {401, 404, 409, 413, 422, 429} <= statuses
    codes = {code for _, code in seen.refused}
    assert {"invalid_payload", "rate_limited", "not_found"} <= codes
