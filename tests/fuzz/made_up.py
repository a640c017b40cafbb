"""Made-up packets, payloads and frames: mostly nearly right, sometimes nothing of the kind."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.input.generate import sample_of
from tests.support import registries

DEEP = "[" * 3000 + "]" * 3000
NUMBERS = st.sampled_from([0, -1, 1, 2**31, 2**53 - 1, 2**53, 2**64, 10**400]) | st.integers()
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["", "\x00", " \t", "\u202e", "é" * 3000, "x" * 9000, "__proto__", "'; DROP TABLE users; --"]
)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | st.floats()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
# JSON as it is written, and what only looks like it.
WRITTEN = JSON.map(json.dumps) | st.sampled_from(
    ["", "{", "[", '["', "NaN", "[1,]", "['a']", '["\\ud800"]', "{}" * 2, DEEP, "\x00", "[]x"]
)
NAMESPACES = st.sampled_from(["", "", "/,", "/talemy,", "/nowhere,", "/talemy?a=1,", "/talemy"])
ODD_NAMESPACES = st.text(max_size=30).map(lambda name: f"/{name},")
DIGITS = st.sampled_from(["", "0", "7", "123456789012345", "9" * 16, "9" * 400, "-1", "٣", "1e3"])
ATTACHMENTS = st.sampled_from(["", "", "", "0-", "1-", "2-", "99999999999-", "-", "1"])
EVENT_NAMES = st.sampled_from(sorted({entry.name for entry in registries.events()})) | TEXTS


def fields(schema: dict[str, Any], known: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A payload, right or nearly so; ``known`` gives values that mean something, by field."""
    right, wrong = {}, {}
    for name, field in schema["properties"].items():
        right[name] = st.sampled_from(known(name)) if known(name) else _right(name, field)
        wrong[name] = right[name] | JSON | TEXTS
    needed = {name: right[name] for name in schema.get("required", [])}
    good = st.fixed_dictionaries(
        needed, optional={n: v for n, v in right.items() if n not in needed}
    )
    bad = st.fixed_dictionaries({}, optional=wrong)
    more = st.dictionaries(TEXTS, JSON, max_size=1)
    return good | good | good | bad | st.builds(lambda held, extra: {**held, **extra}, good, more)


def _right(name: str, field: dict[str, Any]) -> st.SearchStrategy[Any]:
    kinds = {kind.get("type"): kind for kind in field.get("anyOf", [field])}
    if "enum" in kinds.get("string", {}):
        return st.sampled_from(kinds["string"]["enum"])
    if "string" in kinds:
        return st.just(sample_of(name, field)) | st.text(min_size=1, max_size=60)
    return st.booleans() if "boolean" in kinds else st.integers(0, 5)


EVENTS = st.builds(
    lambda name, payloads: json.dumps([name, *payloads]), EVENT_NAMES, st.lists(JSON, max_size=2)
)


@st.composite
def socketio_packets(draw: st.DrawFn) -> str:
    """One Socket.IO packet: kind, attachments, namespace, acknowledgement id, data; or nearly."""
    kind = draw(st.sampled_from("0222222134567890ab") | st.text(max_size=1))
    namespace = draw(NAMESPACES | ODD_NAMESPACES)
    packet = kind + draw(ATTACHMENTS) + namespace + draw(DIGITS) + draw(EVENTS | EVENTS | WRITTEN)
    return _spoilt(draw, packet)


@st.composite
def engineio_packets(draw: st.DrawFn) -> str:
    """One Engine.IO packet, mostly a message."""
    kind = draw(st.sampled_from("4444444444" + "0123567b9") | st.text(max_size=1))
    packet = kind + draw(socketio_packets())
    return packet if draw(st.integers(0, 9)) else draw(st.text(max_size=30))


def _spoilt(draw: st.DrawFn, packet: str) -> str:
    """Now and then with something taken out or put in somewhere."""
    if draw(st.integers(0, 5)):
        return packet
    at = draw(st.integers(0, min(len(packet), 60)))
    return packet[:at] + draw(st.text(max_size=3)) + packet[at + draw(st.integers(0, 3)) :]
