"""Every event of the registry with made-up payloads: a typed answer, of the declared shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.docs import schemas
from tests.fuzz.budget import MARKS, fuzz
from tests.fuzz.made_up import JSON, NAMESPACES, fields
from tests.fuzz.peer import WebSocketPeer
from tests.fuzz.target import Target, Watch, World
from tests.input.test_events import schema_of
from tests.support import registries
from tests.support.database import digest
from tests.support.raw import prefix
from tests.support.registries import EventEntry

pytestmark = MARKS

EVENTS = registries.events()
ids = pytest.mark.parametrize("entry", EVENTS, ids=lambda entry: f"{entry.namespace} {entry.name}")


def _payloads(entry: EventEntry, world: World) -> st.SearchStrategy[list[Any]]:
    """What comes after the name: nearly always one payload."""

    def known(name: str) -> list[Any]:
        if name == "token":
            return [world.mallory.token, world.bob.token, world.mallory.refresh_token, "x.y.z"]
        return world.ids_for(_snake(name)) if name.lower().endswith("id") else []

    one = fields(schema_of(entry), known)
    right = one.map(lambda made: [made])
    return right | right | right | st.lists(one | JSON, max_size=2)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _problems(entry: EventEntry, answer: Any) -> list[str]:
    where = schemas.namespace(entry.namespace)
    if answer["ok"]:
        declared = where["clientEvents"][entry.name]["data"]
        return schemas.problems(answer["data"], declared, where)
    known = schemas.catalogue()["errorCodes"].keys() - {"internal", "unavailable"}
    wrong = [] if answer["error"]["code"] in known else [f"{answer['error']['code']} is no refusal"]
    return wrong + schemas.problems(answer["error"], where["error"], where)


@ids
def test_an_event_of_somebody_signed_in_is_answered_as_declared(
    entry: EventEntry, target: Target, world: World, watch: Watch
) -> None:
    @fuzz(4)
    @given(made=st.lists(_payloads(entry, world), min_size=1, max_size=8))
    def send(made: list[list[Any]]) -> None:
        peer = WebSocketPeer(target)
        head = prefix(entry.namespace)
        try:
            peer.say(f"40{head}{json.dumps({'token': world.mallory.token})}")
            peer.hear(f'42{head}["ready"')
            for number, payloads in enumerate(made):
                peer.say(f"42{head}{number}{json.dumps([entry.name, *payloads])}")
            for number in range(len(made)):
                said = peer.once(f"43{head}{number}[").removeprefix(f"43{head}{number}")
                answer = json.loads(said)[0]
                event("ok" if answer["ok"] else answer["error"]["code"])
                assert _problems(entry, answer) == []
        finally:
            peer.close()
        watch.check()

    send()


@fuzz(15)
@given(data=st.data())
def test_an_event_of_a_stranger_is_not_answered_and_changes_nothing(
    data: Any, target: Target, world: World, watch: Watch
) -> None:
    before = digest(target)
    peer = WebSocketPeer(target)
    try:
        for number in range(data.draw(st.integers(1, 5))):
            entry = data.draw(st.sampled_from(EVENTS))
            payloads = data.draw(_payloads(entry, world))
            where = data.draw(NAMESPACES)
            peer.say(f"42{where}{number}{json.dumps([entry.name, *payloads])}")
        if peer.answers(world.mallory.token):
            answers = [packet for packet in peer.said if packet.startswith("43")]
            assert len(answers) == 1, "only the question after signing in is answered"
    finally:
        peer.close()
    assert digest(target) == before
    watch.check()
