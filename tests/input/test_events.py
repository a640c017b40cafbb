"""Whatever a client sends as an event, it gets a typed error, stays connected, and changes nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.input.generate import Bad, bad_payloads, broken_texts, sample
from tests.support import registries
from tests.support.database import digest
from tests.support.people import Person
from tests.support.raw import Raw, prefix
from tests.support.registries import EventEntry
from tests.support.server import Server

BATCH_BYTES = 60_000
MAX_EVENT_BYTES = 64 * 1024
EVENTS = registries.events()
NAMESPACES = sorted({entry.namespace for entry in EVENTS})
DEEP = "[" * 10_000 + "]" * 10_000


def camel(name: str) -> str:
    """A field as ``/talemy`` spells it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def schema_of(entry: EventEntry) -> dict[str, Any]:
    """The schema with its fields as the namespace spells them."""
    if entry.namespace == "/":
        return entry.schema
    fields = {camel(name): field for name, field in entry.schema["properties"].items()}
    required = [camel(name) for name in entry.schema.get("required", [])]
    return {**entry.schema, "properties": fields, "required": required}


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


@pytest.fixture
def connect(server: Server, mallory: Person) -> Iterator[Any]:
    """Joins a namespace by hand."""
    opened: list[Raw] = []

    def join(namespace: str) -> Raw:
        raw = Raw(server)
        opened.append(raw)
        raw.join(mallory.token, namespace)
        return raw

    yield join
    for raw in opened:
        raw.close()


def answers(raw: Raw, namespace: str, events: list[str]) -> list[dict[str, Any]]:
    """What each of some events is acknowledged with; many go in one POST."""
    batch: list[str] = []
    for number, event in enumerate(events):
        batch.append(f"2{prefix(namespace)}{number}{event}")
        if sum(map(len, batch)) > BATCH_BYTES or number == len(events) - 1:
            raw.post(*batch)
            batch.clear()
    return [raw.ack(number, namespace) for number in range(len(events))]


def still_works(raw: Raw, namespace: str) -> bool:
    """Whether the connection answers a question as it should."""
    raw.post(f'2{prefix(namespace)}999["sync",{{"after":0}}]')
    return bool(raw.ack(999, namespace)["ok"])


def complaints(cases: list[Bad], answered: list[dict[str, Any]]) -> list[str]:
    """Where an answer is not ``invalid_payload`` with details that name the field."""
    found = []
    for bad, answer in zip(cases, answered, strict=True):
        error = answer.get("error", {})
        fields = [detail["field"].split(".")[0] for detail in error.get("details", [])]
        if error.get("code") != "invalid_payload" or bad.field not in fields:
            found.append(f"{bad.label}: {str(answer)[:200]} does not name {bad.field}")
    return found


@pytest.mark.parametrize("entry", EVENTS, ids=lambda entry: f"{entry.namespace} {entry.name}")
def test_a_bad_payload_is_refused_by_field(entry: EventEntry, connect: Any, unharmed: None) -> None:
    schema = schema_of(entry)
    cases = [*bad_payloads(schema), *_texts(entry, schema)]
    if entry.namespace != "/":  # a field in snake_case is named as it should have been
        cases = [replace(bad, field=camel(bad.field)) for bad in cases]
    # Transport that cannot be read is counted against a session: it gets a fresh one.
    readable = [bad for bad in cases if not _unreadable(bad)]
    broken = [replace(bad, field="payload") for bad in cases if _unreadable(bad)]
    for some in (readable, broken):
        raw = connect(entry.namespace)
        answered = answers(
            raw, entry.namespace, [f"[{json.dumps(entry.name)},{bad.text}]" for bad in some]
        )
        wrong = complaints(some, answered)
        assert not wrong, "\n".join(wrong)
        assert still_works(raw, entry.namespace)


def _texts(entry: EventEntry, schema: dict[str, Any]) -> list[Bad]:
    # A token is looked at as a whole, and a NUL character makes it a wrong one.
    return [bad for bad in broken_texts(schema) if bad.field != "token"]


def _unreadable(bad: Bad) -> bool:
    """Not JSON, or not JSON that two programs would read alike: refused before any field is known."""
    return any(word in bad.label for word in ("surrogate", "levels", "very long integer"))


@pytest.mark.parametrize("entry", EVENTS, ids=lambda entry: f"{entry.namespace} {entry.name}")
def test_an_event_over_64_kb_is_too_large(entry: EventEntry, connect: Any, unharmed: None) -> None:
    raw = connect(entry.namespace)
    name = json.dumps(entry.name)
    large = json.dumps({**sample(schema_of(entry)), "text": "é" * (MAX_EVENT_BYTES // 2)})
    large = large.encode().decode("unicode_escape")  # in UTF-8, two bytes a letter
    (answer,) = answers(raw, entry.namespace, [f"[{name},{large}]"])
    assert answer["error"]["code"] == "payload_too_large"
    assert still_works(raw, entry.namespace)


@pytest.mark.parametrize("entry", EVENTS, ids=lambda entry: f"{entry.namespace} {entry.name}")
def test_more_or_less_than_one_payload_is_refused(
    entry: EventEntry, connect: Any, unharmed: None
) -> None:
    raw = connect(entry.namespace)
    name, good = json.dumps(entry.name), json.dumps(sample(schema_of(entry)))
    events = [f"[{name}]", f"[{name},{good},{good}]", f"[{name},{good},null]"]
    for answer in answers(raw, entry.namespace, events):
        assert answer["error"]["code"] == "invalid_payload"
        assert answer["error"]["details"]
    assert still_works(raw, entry.namespace)


@pytest.mark.parametrize("entry", EVENTS, ids=lambda entry: f"{entry.namespace} {entry.name}")
def test_without_an_ack_the_refusal_is_an_error_event(
    entry: EventEntry, connect: Any, unharmed: None
) -> None:
    raw = connect(entry.namespace)
    raw.post(f'2{prefix(entry.namespace)}[{json.dumps(entry.name)},{{"unknown":1}}]')
    name, payload = raw.event(entry.namespace)
    assert name == "error"
    assert payload["event"] == entry.name
    assert payload["code"] == "invalid_payload"
    assert payload["message"]


# --- what is no event at all

NAMES = [
    "connect",
    "disconnect",
    "connect_error",
    "ready",
    "new_message",
    "session_ended",
    "error",
    "message",
    "*",
    "",
    "__proto__",
    "constructor",
    "toString",
    "__init__",
    "send_message ",
    "SEND_MESSAGE",
    "send\u0000message",
    "../send_message",
    "é" * 2000,
    "'; DROP TABLE messages; --",
]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_reserved_and_unknown_names_are_no_events(
    namespace: str, connect: Any, unharmed: None
) -> None:
    raw = connect(namespace)
    other = {entry.name for entry in EVENTS if entry.namespace != namespace}
    here = {entry.name for entry in EVENTS if entry.namespace == namespace}
    names = NAMES + sorted(other - here)
    for name, answer in zip(
        names,
        answers(raw, namespace, [json.dumps([name, {"token": "forged"}]) for name in names]),
        strict=True,
    ):
        assert answer["error"]["code"] == "invalid_payload", name
        assert answer["error"]["details"][0]["field"] == "event"
    raw.post(f"2{prefix(namespace)}{json.dumps(['x' * 5000, {}])}")
    _, payload = raw.event(namespace)
    assert payload["code"] == "invalid_payload"
    assert len(payload["event"]) <= 64
    assert still_works(raw, namespace)


SHAPES = {
    "nothing": "",
    "no name": "[]",
    "a number for a name": "[5,{}]",
    "null for a name": "[null,{}]",
    "a list for a name": '[["send_message"],{}]',
    "an object": '{"0":"send_message"}',
    "a text": '"send_message"',
    "null": "null",
    "half an object": '["send_message",{"text":',
    "bare words": "[send_message,{}]",
    "single quotes": "['send_message',{}]",
    "a comma too many": '["send_message",{},]',
    "not a number": '["sync",{"after":NaN}]',
    "infinity": '["sync",{"after":Infinity}]',
    "a name cut in two": r'["\ud800",{}]',
    "10,000 levels": DEEP,
}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_what_has_not_the_shape_of_an_event_is_refused(
    namespace: str, connect: Any, unharmed: None
) -> None:
    raw = connect(namespace)
    answered = answers(raw, namespace, list(SHAPES.values()))
    for label, answer in zip(SHAPES, answered, strict=True):
        assert answer["error"]["code"] == "invalid_payload", f"{label}: {answer}"
        assert answer["error"]["details"], label
    assert still_works(raw, namespace)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_binary_attachments_are_refused(namespace: str, connect: Any, unharmed: None) -> None:
    raw = connect(namespace)
    placeholder = '["send_message",{"text":{"_placeholder":true,"num":0}}]'
    raw.post(f"51-{prefix(namespace)}3{placeholder}")
    assert raw.ack(3, namespace)["error"]["code"] == "invalid_payload"
    raw.post(f"51-{prefix(namespace)}{placeholder}")
    name, payload = raw.event(namespace)
    assert (name, payload["code"]) == ("error", "invalid_payload")
    # The attachment itself belongs to no event, nor to any namespace.
    raw.attach(base64.b64encode(b"attached").decode())
    assert still_works(raw, namespace) or namespace == "/"


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_other_packets_of_the_protocol_do_no_harm(
    namespace: str, connect: Any, unharmed: None
) -> None:
    raw = connect(namespace)
    here = prefix(namespace)
    for packet in (
        f"3{here}5[]",  # an acknowledgement nobody waits for
        f'3{here}99999999999[{{"ok":true}}]',
        f"0{here}",  # connected already
        f'0{here}{{"token":"forged"}}',
        f'4{here}{{"message":"no"}}',  # only servers refuse
        f"61-{here}3[]",
        "9",
        "",
        "2/nowhere,1[]",
        '2/nowhere,1["send_message",{}]',
        "1/nowhere,",
    ):
        raw.post(packet)
    raw.post(f'2{here}999["sync",{{"after":0}}]')
    while not (packet := raw.next()).startswith(f"3{here}999["):
        assert "error" in packet, packet
    assert json.loads(packet.removeprefix(f"3{here}999"))[0]["ok"]


def test_an_unknown_namespace_is_refused(server: Server, mallory: Person) -> None:
    raw = Raw(server)
    for namespace in ("/nowhere", "/admin", "/__proto__", "/Talemy"):
        kind, _ = raw.connect(mallory.token, namespace)
        assert kind == "4", namespace
    assert raw.connect(mallory.token)[0] == "0"
    raw.close()
