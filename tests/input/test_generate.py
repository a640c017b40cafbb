"""The generator of bad payloads finds what a schema refuses, and nothing that it takes."""

from __future__ import annotations

import json

import pytest

from tests.input.generate import accepts, bad_payloads, broken_texts, sample

SCHEMA = {
    "properties": {
        "id": {"type": "integer", "minimum": 1, "maximum": 9},
        "note": {"anyOf": [{"type": "string", "maxLength": 40}, {"type": "null"}]},
    },
    "required": ["id"],
}


def test_each_field_is_given_wrong_types_and_sizes() -> None:
    labels = {bad.label for bad in bad_payloads(SCHEMA)}
    assert {"id: null", "id: a boolean", "id: zero", "id: a number as text"} <= labels
    assert {"note: a list", "note: 8,001 characters", "id: twice", "no id"} <= labels
    assert {"a text instead of an object", "10,000 levels", "a field __proto__"} <= labels
    assert {bad.label for bad in broken_texts(SCHEMA)} >= {"note: a NUL character"}


def test_nothing_that_is_right_is_called_wrong() -> None:
    labels = {bad.label for bad in bad_payloads(SCHEMA)}
    assert not labels & {"note: null", "note: an empty text", "note: some text", "no note"}
    assert sample(SCHEMA) == {"id": 1}


def test_every_refusal_names_a_field() -> None:
    for bad in bad_payloads(SCHEMA):
        assert bad.field, bad.label
        if bad.label == "id: twice":
            assert bad.text.count('"id"') == 3
        if bad.field in ("id", "note"):
            json.loads(bad.text)


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ({"type": "integer"}, True, False),
        ({"type": "boolean"}, 1, False),
        ({"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR", True),
        ({"type": "string", "pattern": "^[A-Z]{3}$"}, "eur", False),
        ({"type": "string", "enum": ["a"]}, "b", False),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1}, [1], True),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1}, [], False),
        ({"type": "array", "items": {"type": "integer"}}, ["1"], False),
    ],
)
def test_a_schema_is_read_as_pydantic_means_it(field: dict, value: object, taken: bool) -> None:
    assert accepts(field, value) is taken
