"""Bad payloads, made from a JSON schema: what it refuses, field by field and as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

BEYOND_JAVASCRIPT = 2**53
HUGE = "x" * 8_001
DEEP = "[" * 10_000 + "]" * 10_000
# Wrong somewhere, each in its own way. Which of them a field takes is asked of its schema.
CANDIDATES: dict[str, Any] = {
    "null": None,
    "a boolean": True,
    "zero": 0,
    "a negative number": -1,
    "an integer beyond 2^53": BEYOND_JAVASCRIPT,
    "an integer beyond 64 bits": 2**64 + 1,
    "a very long integer": 10**400,
    "a fraction": 1.5,
    "a number as text": "1",
    "an empty text": "",
    "some text": "nothing of the kind",
    "8,001 characters": HUGE,
    "a list": [],
    "a list of lists": [[1]],
    "an object": {"id": 1},
}
# What no text field takes, whatever its schema says: JSON as it is written.
BROKEN_TEXTS = {
    "a NUL character": r'"a\u0000b"',
    "a lone high surrogate": r'"a\ud800b"',
    "a lone low surrogate": r'"\udc00"',
    "reversed surrogates": r'"\udc00\ud800"',
}
NOT_OBJECTS = {
    "null": "null",
    "a list": "[]",
    "a list of an object": "[{}]",
    "a text": '"text"',
    "an object inside a text": '"{}"',
    "a number": "5",
    "a boolean": "true",
}
STRANGE_FIELDS = (
    "unknown",
    "__proto__",
    "constructor",
    "__class__",
    "user_id",
    "sender_id",
    "x" * 300,
)


@dataclass(frozen=True)
class Bad:
    """One bad payload, as JSON text, and the field that the refusal must name."""

    label: str
    text: str
    field: str


def bad_payloads(schema: Json, *, may_be_empty: bool = False) -> Iterator[Bad]:
    """Everything wrong that we can think of for this schema."""
    good = sample(schema)
    for name, field in schema["properties"].items():
        yield from _bad_values(good, name, field)
    for name in schema.get("required", []):
        rest = {key: value for key, value in good.items() if key != name}
        yield Bad(f"no {name}", json.dumps(rest), name)
    for name in STRANGE_FIELDS:
        if name not in schema["properties"]:
            yield Bad(f"a field {name[:12]}", json.dumps({**good, name: 1}), name[:64])
    for label, text in NOT_OBJECTS.items():
        yield Bad(f"{label} instead of an object", text, "payload")
    yield Bad("10,000 levels", DEEP, "payload")
    if not may_be_empty and schema.get("required"):
        yield Bad("an empty object", "{}", schema["required"][0])


def _bad_values(good: Json, name: str, field: Json) -> Iterator[Bad]:
    for label, value in CANDIDATES.items():
        if not accepts(field, value):
            yield Bad(f"{name}: {label}", json.dumps({**good, name: value}), name)
    wrong = next(value for value in CANDIDATES.values() if not accepts(field, value))
    # A name given twice: the last one counts.
    twice = [*good.items(), (name, sample_of(name, field)), (name, wrong)]
    pairs = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in twice)
    yield Bad(f"{name}: twice", f"{{{pairs}}}", name)


def broken_texts(schema: Json) -> Iterator[Bad]:
    """Texts that cannot be stored, or cannot be UTF-8, in each text field."""
    good = sample(schema)
    for name, field in schema["properties"].items():
        if any(kind.get("type") == "string" for kind in _kinds(field)):
            for label, text in BROKEN_TEXTS.items():
                rest = {key: value for key, value in good.items() if key != name}
                head = json.dumps(rest)[:-1] + (", " if rest else "")
                yield Bad(f"{name}: {label}", f"{head}{json.dumps(name)}: {text}}}", name)


def accepts(field: Json, value: Any) -> bool:
    """Whether the schema of a field takes a value."""
    return any(_kind_accepts(kind, value) for kind in _kinds(field))


def _kinds(field: Json) -> list[Json]:
    return field.get("anyOf", [field])


def _kind_accepts(kind: Json, value: Any) -> bool:
    checks = {
        "null": lambda: value is None,
        "boolean": lambda: isinstance(value, bool),
        "integer": lambda: (
            isinstance(value, int) and not isinstance(value, bool) and _in_range(kind, value)
        ),
        "string": lambda: isinstance(value, str) and _text_fits(kind, value),
        "array": lambda: isinstance(value, list) and _list_fits(kind, value),
    }
    return checks[kind["type"]]()


def _in_range(kind: Json, value: int) -> bool:
    return bool(kind.get("minimum", value) <= value <= kind.get("maximum", value))


def _text_fits(kind: Json, value: str) -> bool:
    if "enum" in kind:
        return value in kind["enum"]
    if kind.get("format") == "date-time":
        return False
    length = kind.get("minLength", 0) <= len(value) <= kind.get("maxLength", len(value))
    return bool(length and re.search(kind.get("pattern", ""), value))


def _list_fits(kind: Json, value: list[Any]) -> bool:
    length = kind.get("minItems", 0) <= len(value) <= kind.get("maxItems", len(value))
    return bool(length) and all(accepts(kind["items"], one) for one in value)


def sample(schema: Json) -> Json:
    """A payload with every required field, each as it should be."""
    return {
        name: sample_of(name, schema["properties"][name]) for name in schema.get("required", [])
    }


SAMPLES = {"email": "somebody@bad-input.example", "password": "long enough", "text": "Hello"}


def sample_of(name: str, field: Json) -> Any:
    """A value the field takes."""
    kind = next(kind for kind in _kinds(field) if kind["type"] != "null")
    if "enum" in kind:
        return kind["enum"][0]
    if kind.get("format") == "date-time":
        return "2030-01-01T10:00:00Z"
    if kind["type"] == "string":
        return SAMPLES.get(name, {"price": "1.00", "currency": "EUR"}.get(name, "/text"))
    return {"integer": 1, "boolean": True, "array": [1]}[kind["type"]]
